package org.omnimamba.standalone.engines;

import org.jspecify.annotations.Nullable;

/**
 * What one engine runs on.
 *
 * @param number by which {@code --devices} and the log name it
 * @param cuda the one GPU that its process sees, as {@code CUDA_VISIBLE_DEVICES} names it; null for
 *     an engine on the CPU
 */
public record EngineDevice(int number, @Nullable String cuda) {
  /** An engine on the CPU, which it shares with the others. */
  public static EngineDevice cpu(int number) {
    return new EngineDevice(number, null);
  }

  public boolean isGpu() {
    return cuda != null;
  }

  /** The engine, in a sentence. */
  @Override
  public String toString() {
    return isGpu() ? "the engine on GPU " + number : "engine " + number + " on the CPU";
  }
}
