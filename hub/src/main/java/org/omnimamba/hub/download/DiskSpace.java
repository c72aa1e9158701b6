package org.omnimamba.hub.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.omnimamba.hub.FetchException;

/** Whether the disk has room, before and while it is filled. */
public final class DiskSpace {
  private static final String NEXT =
      "make room, or name another folder with OMNIMAMBA_HOME (fetch: --cache)";

  private DiskSpace() {}

  /**
   * Checks that there is room.
   *
   * @param folder that exists
   * @param needed bytes that are to be written
   * @param purpose what for
   * @throws FetchException if so many are not free
   */
  public static void require(Path folder, long needed, String purpose) {
    long free;
    try {
      free = Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      // a file system that does not say will say it while it is written to
      return;
    }
    if (free < needed) {
      throw new FetchException(
          "%s needs %s in %s, of which %s are free; %s"
              .formatted(purpose, size(needed), folder, size(free), NEXT));
    }
  }

  /** What a person reads when a file cannot be written. */
  static FetchException failure(Path file, IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    Path folder = file.toAbsolutePath().getParent();
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left") || lower.contains("quota")) {
      return new FetchException(
          "the disk with %s is full; %s, and run the same command again: what is here is kept"
              .formatted(folder, NEXT),
          cause);
    }
    return new FetchException("cannot write %s: %s".formatted(file, reason), cause);
  }

  /** Decimal units: {@code 9.12 GB}. */
  public static String size(long bytes) {
    String[] units = {"B", "kB", "MB", "GB", "TB"};
    double value = bytes;
    int unit = 0;
    while (value >= 999.995 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.2f %s", value, units[unit]);
  }
}
