package org.omnimamba.jobs.job;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** How ids look in OpenAI's API: a prefix and 32 hexadecimal digits. */
public final class WireName {
  private final String prefix;
  private final Pattern form;

  /**
   * Names of one kind.
   *
   * @param prefix such as {@code file-}
   */
  public WireName(String prefix) {
    this.prefix = prefix;
    this.form = Pattern.compile(Pattern.quote(prefix) + "[0-9a-f]{32}");
  }

  /** The name of an id. */
  public String of(UUID id) {
    return prefix + digits(id);
  }

  /** The id of a name; empty for what is no name of this kind. */
  public Optional<UUID> parse(String name) {
    if (!form.matcher(name).matches()) {
      return Optional.empty();
    }
    String hex = name.substring(prefix.length());
    return Optional.of(
        new UUID(
            Long.parseUnsignedLong(hex.substring(0, 16), 16),
            Long.parseUnsignedLong(hex.substring(16), 16)));
  }

  /** The 32 hexadecimal digits of an id. */
  public static String digits(UUID id) {
    return id.toString().replace("-", "");
  }
}
