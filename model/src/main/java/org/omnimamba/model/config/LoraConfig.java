package org.omnimamba.model.config;

/**
 * The task adapters on every {@code in_proj} (paper section 3.3).
 *
 * @param rank inner width r
 * @param alpha numerator of the scaling
 * @param dropout dropout on the adapter's input, in training only
 */
public record LoraConfig(int rank, float alpha, float dropout) {
  public LoraConfig {
    if (rank <= 0) {
      throw new InvalidConfigException("lora.r must be positive, is " + rank);
    }
  }

  /** Factor on the adapter's output: {@code alpha / rank}. */
  public float scaling() {
    return alpha / rank;
  }
}
