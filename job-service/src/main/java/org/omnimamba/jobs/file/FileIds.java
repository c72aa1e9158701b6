package org.omnimamba.jobs.file;

import java.util.Optional;
import java.util.UUID;
import org.omnimamba.jobs.job.WireName;

/** The names of files on the wire: {@code file-} and 32 hexadecimal digits. */
public final class FileIds {
  private static final WireName NAME = new WireName("file-");

  private FileIds() {}

  /** The name of an id. */
  public static String name(UUID id) {
    return NAME.of(id);
  }

  /** The id of a name; empty for what is no name of a file. */
  public static Optional<UUID> parse(String name) {
    return NAME.parse(name);
  }
}
