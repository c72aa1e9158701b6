package org.omnimamba.model.graph.vision;

import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/** Normalises the last dimension; parameters {@code weight} and {@code bias}. */
final class LayerNorm {
  private final BlockContext context;
  private final float epsilon;

  LayerNorm(BlockContext context, float epsilon) {
    this.context = context;
    this.epsilon = epsilon;
  }

  /**
   * @param x {@code [..., dim]}
   * @return {@code [..., dim]}
   */
  Operand<TFloat32> apply(Operand<TFloat32> x) {
    Ops tf = context.tf();
    Operand<TFloat32> centred = tf.math.sub(x, mean(x));
    Operand<TFloat32> variance = mean(tf.math.square(centred));
    Operand<TFloat32> scale = tf.math.rsqrt(tf.math.add(variance, tf.constant(epsilon)));
    return tf.math.add(
        tf.math.mul(tf.math.mul(centred, scale), context.parameter("weight")),
        context.parameter("bias"));
  }

  private Operand<TFloat32> mean(Operand<TFloat32> x) {
    return context.tf().math.mean(x, context.tf().constant(-1), Mean.keepDims(true));
  }
}
