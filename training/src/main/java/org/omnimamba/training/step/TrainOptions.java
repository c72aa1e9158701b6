package org.omnimamba.training.step;

import org.omnimamba.model.graph.Precision;

/**
 * How steps are taken.
 *
 * @param optimizer AdamW's numbers
 * @param precision of products; masters, moments, norms and the residual stream are float32 always
 * @param accumulate micro-batches whose gradients are averaged into one step
 * @param seed of all random numbers in objectives
 * @param recompute layers of the backbone that are computed again at a time in the backward pass,
 *     so that only what is between such groups is kept; 0 keeps everything
 */
public record TrainOptions(
    AdamW optimizer, Precision precision, int accumulate, long seed, int recompute) {

  public TrainOptions {
    if (accumulate < 1) {
      throw new IllegalArgumentException("accumulate must be at least 1, is " + accumulate);
    }
    if (recompute < 0) {
      throw new IllegalArgumentException("recompute must not be negative, is " + recompute);
    }
  }

  /** The reference's optimizer, float32, one batch a step, seed 0, nothing is computed again. */
  public static TrainOptions defaults() {
    return new TrainOptions(AdamW.reference(), Precision.FLOAT32, 1, 0, 0);
  }

  public TrainOptions withOptimizer(AdamW value) {
    return new TrainOptions(value, precision, accumulate, seed, recompute);
  }

  public TrainOptions withPrecision(Precision value) {
    return new TrainOptions(optimizer, value, accumulate, seed, recompute);
  }

  public TrainOptions withAccumulate(int value) {
    return new TrainOptions(optimizer, precision, value, seed, recompute);
  }

  public TrainOptions withSeed(long value) {
    return new TrainOptions(optimizer, precision, accumulate, value, recompute);
  }

  public TrainOptions withRecompute(int value) {
    return new TrainOptions(optimizer, precision, accumulate, seed, value);
  }
}
