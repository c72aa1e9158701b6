package org.omnimamba.model.graph.mamba;

import org.omnimamba.model.graph.Axes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.core.ReduceAll;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Draws one token of each row from {@code softmax(logits / temperature)}, where the row's random
 * number lies in the cumulative distribution over the ids in their order. Vocabularies are summed
 * in blocks first: a float32 sum over all ids one by one would lose the digits that decide.
 */
public final class TokenDraw {
  /** The id that stands for a row with a logit that is NaN or infinite. */
  public static final long INVALID = -1;

  private static final int BLOCK = 128;

  /** Keeps a temperature of zero from dividing; such rows take the best token anyway. */
  private static final float LEAST_TEMPERATURE = 1e-6f;

  /** Just below one: the last token must end beyond the target. */
  private static final float ALMOST_ALL = 1 - 0x1.0p-22f;

  private final Ops tf;

  public TokenDraw(Ops tf) {
    this.tf = tf;
  }

  /**
   * @param logits {@code [batch, vocabulary]}
   * @param temperatures 0 for the first of the highest logits, {@code [batch]}
   * @param uniforms random numbers in {@code [0, 1)}, {@code [batch]}
   * @return ids, {@link #INVALID} for rows with logits that are not finite, {@code [batch]}
   */
  public Operand<TInt64> apply(
      Operand<TFloat32> logits, Operand<TFloat32> temperatures, Operand<TFloat32> uniforms) {
    Operand<TInt64> best = tf.math.argMax(logits, tf.constant(1));
    Operand<TInt64> drawn = drawn(weights(logits, temperatures), uniforms);
    Operand<TBool> greedy = tf.math.equal(temperatures, tf.constant(0f));
    Operand<TBool> finite =
        tf.reduceAll(tf.math.isFinite(logits), tf.constant(1), new ReduceAll.Options[0]);
    Operand<TInt64> invalid = tf.fill(tf.shape(best), tf.constant(INVALID));
    return tf.select(finite, tf.select(greedy, best, drawn), invalid);
  }

  /** {@code exp((logit - highest) / temperature)} in blocks, {@code [batch, blocks, BLOCK]}. */
  private Operand<TFloat32> weights(Operand<TFloat32> logits, Operand<TFloat32> temperatures) {
    long batch = logits.shape().get(0);
    long vocabulary = logits.shape().get(1);
    Operand<TFloat32> highest = tf.max(logits, tf.constant(1), Max.keepDims(true));
    Operand<TFloat32> divisor =
        tf.expandDims(
            tf.math.maximum(temperatures, tf.constant(LEAST_TEMPERATURE)), tf.constant(1));
    Operand<TFloat32> weights = tf.math.exp(tf.math.div(tf.math.sub(logits, highest), divisor));
    int padding = Math.toIntExact(Math.floorMod(-vocabulary, (long) BLOCK));
    Operand<TFloat32> padded =
        padding == 0
            ? weights
            : tf.pad(weights, tf.constant(new int[][] {{0, 0}, {0, padding}}), tf.constant(0f));
    return Axes.reshape(tf, padded, batch, (vocabulary + padding) / BLOCK, BLOCK);
  }

  private Operand<TInt64> drawn(Operand<TFloat32> blocks, Operand<TFloat32> uniforms) {
    long batch = blocks.shape().get(0);
    long count = blocks.shape().get(1);
    Operand<TFloat32> ends = tf.math.cumsum(tf.sum(blocks, tf.constant(2)), tf.constant(1));
    Operand<TFloat32> total = Axes.slice(tf, ends, 1, count - 1, 1);
    Operand<TFloat32> target =
        tf.math.mul(
            total,
            tf.math.minimum(tf.expandDims(uniforms, tf.constant(1)), tf.constant(ALMOST_ALL)));
    Operand<TBool> passed = tf.math.lessEqual(ends, target);
    Operand<TInt64> block = counted(passed);
    Operand<TFloat32> before =
        tf.max(tf.select(passed, ends, tf.zerosLike(ends)), tf.constant(1), Max.keepDims(true));
    Operand<TFloat32> inside =
        Axes.reshape(
            tf,
            tf.gather(
                blocks, tf.expandDims(block, tf.constant(1)), tf.constant(1), Gather.batchDims(1L)),
            batch,
            BLOCK);
    Operand<TFloat32> innerEnds = tf.math.add(tf.math.cumsum(inside, tf.constant(1)), before);
    Operand<TInt64> place =
        tf.math.minimum(counted(tf.math.lessEqual(innerEnds, target)), lastPossible(inside));
    return tf.math.add(tf.math.mul(block, tf.constant((long) BLOCK)), place);
  }

  /** How many of a row hold, {@code [batch]}. */
  private Operand<TInt64> counted(Operand<TBool> row) {
    return tf.sum(tf.dtypes.cast(row, TInt64.class), tf.constant(1));
  }

  /** The last place with a weight; rounding must not lead past it. {@code [batch]}. */
  private Operand<TInt64> lastPossible(Operand<TFloat32> inside) {
    long[] places = new long[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      places[i] = i;
    }
    Operand<TInt64> possible =
        tf.dtypes.cast(tf.math.greater(inside, tf.constant(0f)), TInt64.class);
    return tf.max(tf.math.mul(possible, tf.constant(places)), tf.constant(1), new Max.Options[0]);
  }
}
