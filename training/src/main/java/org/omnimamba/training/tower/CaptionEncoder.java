package org.omnimamba.training.tower;

import org.omnimamba.model.graph.Activations;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Captions to points in the space of the towers' features: the mean of the tokens' embeddings, then
 * two layers. It exists during training only; parameters {@code embedding.weight}, {@code fc1} and
 * {@code fc2}.
 */
final class CaptionEncoder {
  private final BlockContext context;
  private final long padding;

  /**
   * @param context in {@code training.towers.captions}
   * @param padding id that fills short captions and does not count
   */
  CaptionEncoder(BlockContext context, long padding) {
    this.context = context;
    this.padding = padding;
  }

  /**
   * @param ids {@code [batch, length]}, padded with {@code padding}
   * @return {@code [batch, features]}, not normalised
   */
  Operand<TFloat32> apply(Operand<TInt64> ids) {
    Ops tf = context.tf();
    Shape shape = ids.shape();
    Operand<TFloat32> counts =
        tf.dtypes.cast(tf.math.notEqual(ids, tf.constant(padding)), TFloat32.class);
    Operand<TFloat32> tokens =
        tf.gather(context.parameter("embedding.weight"), ids, tf.constant(0));
    Operand<TFloat32> counted =
        tf.math.mul(tokens, tf.reshape(counts, tf.array(shape.get(0), shape.get(1), 1L)));
    Operand<TFloat32> length =
        tf.math.maximum(
            tf.constant(1f), tf.reduceSum(counts, tf.constant(1), ReduceSum.keepDims(true)));
    Operand<TFloat32> mean = tf.math.div(tf.reduceSum(counted, tf.constant(1)), length);
    return context.linearWithBias(Activations.gelu(tf, context.linearWithBias(mean, "fc1")), "fc2");
  }
}
