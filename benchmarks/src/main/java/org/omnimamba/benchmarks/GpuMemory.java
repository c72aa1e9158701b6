package org.omnimamba.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Memory in use on the first GPU as its driver tells. TensorFlow takes memory in growing steps and
 * gives none back, so this is an upper bound of what it ever needed at once.
 */
public final class GpuMemory {
  private static final long MEBI = 1 << 20;

  private GpuMemory() {}

  /** Bytes, of all processes; null where there is no NVIDIA driver. */
  public static @Nullable Long usedBytes() {
    try {
      Process process =
          new ProcessBuilder(
                  "nvidia-smi",
                  "--id=0",
                  "--query-gpu=memory.used",
                  "--format=csv,noheader,nounits")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return process.waitFor() == 0 ? Long.valueOf(MEBI * Long.parseLong(text.strip())) : null;
    } catch (IOException | NumberFormatException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
