package org.omnimamba.jobs.web;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/** Reads ids from paths; what is no id names nothing. */
public final class Ids {
  private static final Pattern FORM =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private Ids() {}

  /** The id, or empty when the text is none. */
  public static Optional<UUID> tryParse(String id) {
    return FORM.matcher(id).matches() ? Optional.of(UUID.fromString(id)) : Optional.empty();
  }

  /** The id, or empty when the text is none. */
  public static Mono<UUID> parse(String id) {
    return Mono.justOrEmpty(tryParse(id));
  }
}
