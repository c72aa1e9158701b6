package org.omnimamba.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of a process as Linux accounts for it. */
final class ProcessMemory {
  private ProcessMemory() {}

  /**
   * One line of {@code /proc/<pid>/status} in bytes, for example {@code VmHWM} (largest resident
   * memory so far) or {@code RssAnon} (resident memory that no file backs, now).
   *
   * @return 0 if the process has ended
   */
  static long bytes(long pid, String field) throws IOException {
    Path status = Path.of("/proc", String.valueOf(pid), "status");
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith(field + ":")) {
          return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (java.nio.file.NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      // the process ended while its file was read
      if (Files.exists(status)) {
        throw e;
      }
    }
    return 0;
  }
}
