package org.omnimamba.training.step;

import org.omnimamba.model.graph.Precision;

/**
 * How steps are taken.
 *
 * @param optimizer AdamW's numbers
 * @param precision of products; masters, moments, norms and the residual stream are float32 always
 * @param accumulate micro-batches whose gradients are averaged into one step
 * @param seed of all random numbers in objectives
 */
public record TrainOptions(AdamW optimizer, Precision precision, int accumulate, long seed) {

  public TrainOptions {
    if (accumulate < 1) {
      throw new IllegalArgumentException("accumulate must be at least 1, is " + accumulate);
    }
  }

  /** The reference's optimizer, float32, one batch a step, seed 0. */
  public static TrainOptions defaults() {
    return new TrainOptions(AdamW.reference(), Precision.FLOAT32, 1, 0);
  }

  public TrainOptions withOptimizer(AdamW value) {
    return new TrainOptions(value, precision, accumulate, seed);
  }

  public TrainOptions withPrecision(Precision value) {
    return new TrainOptions(optimizer, value, accumulate, seed);
  }

  public TrainOptions withAccumulate(int value) {
    return new TrainOptions(optimizer, precision, value, seed);
  }

  public TrainOptions withSeed(long value) {
    return new TrainOptions(optimizer, precision, accumulate, value);
  }
}
