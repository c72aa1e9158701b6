package org.omnimamba.model.graph.mamba;

import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/** {@code x / sqrt(mean(x^2) + eps) * weight} over the last axis, in float32. */
public final class RmsNorm {
  private final BlockContext context;
  private final float eps;

  /** A norm whose parameter is {@code weight} in {@code context}. */
  public RmsNorm(BlockContext context, float eps) {
    this.context = context;
    this.eps = eps;
  }

  /**
   * @param x {@code [..., width]}
   * @return {@code [..., width]}
   */
  public Operand<TFloat32> apply(Operand<TFloat32> x) {
    Ops tf = context.tf();
    Operand<TFloat32> meanSquare =
        tf.math.mean(tf.math.square(x), tf.constant(-1), Mean.keepDims(true));
    Operand<TFloat32> scale = tf.math.rsqrt(tf.math.add(meanSquare, tf.constant(eps)));
    return tf.math.mul(tf.math.mul(x, scale), context.parameter("weight"));
  }
}
