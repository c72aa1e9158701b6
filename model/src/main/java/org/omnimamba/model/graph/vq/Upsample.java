package org.omnimamba.model.graph.vq;

import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Doubles the resolution by repeating each place, then {@code conv}. */
final class Upsample {
  private final BlockContext context;

  Upsample(BlockContext context) {
    this.context = context;
  }

  /**
   * @param x {@code [batch, height, width, channels]}, all sizes known
   * @return {@code [batch, 2 * height, 2 * width, channels]}
   */
  Operand<TFloat32> apply(Operand<TFloat32> x) {
    Ops tf = context.tf();
    Shape s = x.shape();
    Operand<TFloat32> places =
        tf.reshape(x, tf.array(s.get(0), s.get(1), 1L, s.get(2), 1L, s.get(3)));
    Operand<TFloat32> repeated =
        context.broadcast(places, s.get(0), s.get(1), 2L, s.get(2), 2L, s.get(3));
    return new Convolution(context.in("conv"))
        .same(tf.reshape(repeated, tf.array(s.get(0), 2 * s.get(1), 2 * s.get(2), s.get(3))));
  }
}
