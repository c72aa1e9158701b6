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
    Limits.check("lora.r", rank, 1, Limits.WIDTH);
    Limits.positive("lora.alpha", alpha);
    if (!(dropout >= 0) || dropout >= 1) {
      throw new InvalidConfigException(
          "lora.dropout_in_training is %s; it must be from 0 to less than 1".formatted(dropout));
    }
  }

  /** Factor on the adapter's output: {@code alpha / rank}. */
  public float scaling() {
    return alpha / rank;
  }
}
