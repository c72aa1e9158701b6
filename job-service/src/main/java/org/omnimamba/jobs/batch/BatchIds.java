package org.omnimamba.jobs.batch;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The names of batches on the wire: {@code batch_} and 32 hexadecimal digits. */
public final class BatchIds {
  private static final String PREFIX = "batch_";
  private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9a-f]{32}");

  private BatchIds() {}

  /** The name of an id. */
  public static String name(UUID id) {
    return PREFIX + id.toString().replace("-", "");
  }

  /** The id of a name; empty for what is no name of a batch. */
  public static Optional<UUID> parse(String name) {
    if (!FORM.matcher(name).matches()) {
      return Optional.empty();
    }
    String hex = name.substring(PREFIX.length());
    return Optional.of(
        new UUID(
            Long.parseUnsignedLong(hex.substring(0, 16), 16),
            Long.parseUnsignedLong(hex.substring(16), 16)));
  }
}
