package org.omnimamba.model.graph.vq;

import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Self-attention with one head over all places of a feature map, on a residual branch. */
final class AttentionBlock {
  private final BlockContext context;

  AttentionBlock(BlockContext context) {
    this.context = context;
  }

  /**
   * @param x {@code [batch, height, width, channels]}, all sizes known
   * @return {@code [batch, height, width, channels]}
   */
  Operand<TFloat32> apply(Operand<TFloat32> x) {
    Ops tf = context.tf();
    Shape shape = x.shape();
    long channels = shape.get(3);
    Operand<TFloat32> places =
        tf.reshape(
            new GroupNorm(context.in("norm")).apply(x),
            tf.array(shape.get(0), shape.get(1) * shape.get(2), channels));
    Operand<TFloat32> query =
        tf.math.mul(layer("q", places), tf.constant((float) (1 / Math.sqrt(channels))));
    Operand<TFloat32> weights =
        tf.nn.softmax(context.einsum("bqc,bkc->bqk", query, layer("k", places)));
    Operand<TFloat32> mixed = context.einsum("bqk,bkc->bqc", weights, layer("v", places));
    return tf.math.add(x, tf.reshape(layer("proj_out", mixed), tf.constant(shape.asArray())));
  }

  private Operand<TFloat32> layer(String name, Operand<TFloat32> x) {
    return new Convolution(context.in(name)).pointwise(x);
  }
}
