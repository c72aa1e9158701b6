package org.omnimamba.jobs.file;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The names of files on the wire: {@code file-} and 32 hexadecimal digits. */
public final class FileIds {
  private static final String PREFIX = "file-";
  private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9a-f]{32}");

  private FileIds() {}

  /** The name of an id. */
  public static String name(UUID id) {
    return PREFIX + id.toString().replace("-", "");
  }

  /** The id of a name; empty for what is no name of a file. */
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
