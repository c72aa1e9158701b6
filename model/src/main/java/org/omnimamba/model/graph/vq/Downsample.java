package org.omnimamba.model.graph.vq;

import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Halves the resolution: padded by one at the right and bottom only, then {@code conv}, stride 2.
 */
final class Downsample {
  private final BlockContext context;

  Downsample(BlockContext context) {
    this.context = context;
  }

  /**
   * @param x {@code [batch, height, width, channels]}, height and width even
   * @return {@code [batch, height / 2, width / 2, channels]}
   */
  Operand<TFloat32> apply(Operand<TFloat32> x) {
    Ops tf = context.tf();
    Operand<TFloat32> padded =
        tf.pad(x, tf.constant(new int[][] {{0, 0}, {0, 1}, {0, 1}, {0, 0}}), tf.constant(0f));
    return new Convolution(context.in("conv")).halving(padded);
  }
}
