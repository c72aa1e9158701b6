package org.omnimamba.training.step;

/**
 * AdamW (arXiv 1711.05101) as PyTorch computes it, bias correction included.
 *
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of squared gradients
 * @param epsilon added to the root of the latter
 * @param weightDecay times the learning rate, how much of a parameter is taken off in each step.
 *     Only tensors of two and more dimensions decay; norms, biases and decay rates do not
 * @param clipNorm gradients whose norm over all parameters is larger are scaled down to it; 0 never
 *     clips
 */
public record AdamW(
    double beta1, double beta2, double epsilon, double weightDecay, double clipNorm) {

  public AdamW {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException("betas must be in [0, 1)");
    }
    if (!(epsilon > 0 && weightDecay >= 0 && clipNorm >= 0)) {
      throw new IllegalArgumentException(
          "epsilon must be positive, weight decay and clip norm not negative");
    }
  }

  /** The reference's: betas 0.9 and 0.95, no decay, clipped at 1. */
  public static AdamW reference() {
    return new AdamW(0.9, 0.95, 1e-8, 0, 1);
  }

  public AdamW withWeightDecay(double value) {
    return new AdamW(beta1, beta2, epsilon, value, clipNorm);
  }

  public AdamW withClipNorm(double value) {
    return new AdamW(beta1, beta2, epsilon, weightDecay, value);
  }
}
