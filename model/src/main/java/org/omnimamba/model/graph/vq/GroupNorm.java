package org.omnimamba.model.graph.vq;

import org.omnimamba.model.config.VqConfig;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * Normalises groups of neighbouring channels over all places; parameters {@code weight} and {@code
 * bias}. Means are taken per channel first, which reads memory in its own order, and the few values
 * that remain are averaged over each group.
 */
final class GroupNorm {
  private final BlockContext context;

  GroupNorm(BlockContext context) {
    this.context = context;
  }

  /**
   * @param x {@code [batch, height, width, channels]}, all sizes known
   * @return {@code [batch, height, width, channels]}
   */
  Operand<TFloat32> apply(Operand<TFloat32> x) {
    Ops tf = context.tf();
    Operand<TFloat32> centred = tf.math.sub(x, groupMean(x));
    Operand<TFloat32> variance = groupMean(tf.math.square(centred));
    Operand<TFloat32> scale =
        tf.math.mul(
            tf.math.rsqrt(tf.math.add(variance, tf.constant(VqConfig.GROUP_NORM_EPS))),
            context.parameter("weight"));
    return tf.math.add(tf.math.mul(centred, scale), context.parameter("bias"));
  }

  /** Each channel's group mean, {@code [batch, 1, 1, channels]}. */
  private Operand<TFloat32> groupMean(Operand<TFloat32> x) {
    Ops tf = context.tf();
    Shape shape = x.shape();
    long batch = shape.get(0);
    long channels = shape.get(3);
    long width = channels / VqConfig.GROUPS;
    Operand<TFloat32> perChannel = tf.math.mean(x, tf.array(1, 2));
    Operand<TFloat32> perGroup =
        tf.math.mean(
            tf.reshape(perChannel, tf.array(batch, VqConfig.GROUPS, width)),
            tf.constant(2),
            Mean.keepDims(true));
    Operand<TFloat32> repeated = context.broadcast(perGroup, batch, VqConfig.GROUPS, width);
    return tf.reshape(repeated, tf.array(batch, 1L, 1L, channels));
  }
}
