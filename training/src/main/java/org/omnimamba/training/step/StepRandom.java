package org.omnimamba.training.step;

import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** Seeds of the random numbers of a step, another one for each draw. */
final class StepRandom {
  /** Odd, so that draws of one step never share a seed. */
  private static final long DRAW_STRIDE = 0x9E3779B9L;

  private final Ops tf;
  private Operand<TInt64> seed;
  private int draws;

  /**
   * @param seed {@code [2]}: the run's seed and the number of the micro-batch
   */
  StepRandom(Ops tf, Operand<TInt64> seed) {
    this.tf = tf;
    this.seed = seed;
  }

  /** The next draw's. */
  Operand<TInt32> next() {
    long draw = draws++ * DRAW_STRIDE;
    // XLA wants int32 here; the cast keeps the low bits
    return tf.dtypes.cast(tf.math.add(seed, tf.constant(new long[] {draw, 0})), TInt32.class);
  }

  /** How many were drawn so far. */
  int draws() {
    return draws;
  }

  Operand<TInt64> seed() {
    return seed;
  }

  /**
   * Draws once more what was drawn before.
   *
   * @param first how many had been drawn then
   * @param copy of {@link #seed}
   * @param drawing what draws
   */
  <T> T again(int first, Operand<TInt64> copy, Supplier<T> drawing) {
    Operand<TInt64> original = seed;
    int drawn = draws;
    seed = copy;
    draws = first;
    try {
      return drawing.get();
    } finally {
      seed = original;
      draws = drawn;
    }
  }
}
