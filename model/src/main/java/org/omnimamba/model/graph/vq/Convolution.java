package org.omnimamba.model.graph.vq;

import java.util.List;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * Convolutions over {@code [batch, height, width, channels]}; parameters {@code weight} {@code
 * [out, in, side, side]} and {@code bias}.
 */
final class Convolution {
  private final BlockContext context;

  Convolution(BlockContext context) {
    this.context = context;
  }

  /** A 3 x 3 filter, padded by one on each side: the size stays. */
  Operand<TFloat32> same(Operand<TFloat32> x) {
    return withBias(convolve(x, 1L, "SAME"));
  }

  /** A 3 x 3 filter at every second place, without padding. */
  Operand<TFloat32> halving(Operand<TFloat32> x) {
    return withBias(convolve(x, 2L, "VALID"));
  }

  /** A 1 x 1 filter: a linear layer on the channels. */
  Operand<TFloat32> pointwise(Operand<TFloat32> x) {
    return withBias(context.timesTransposed(x, matrix(context.stored("weight"))));
  }

  private Operand<TFloat32> convolve(Operand<TFloat32> x, long stride, String padding) {
    return context.convolve(x, "weight", List.of(1L, stride, stride, 1L), padding);
  }

  private Operand<TFloat32> withBias(Operand<TFloat32> x) {
    return context.tf().math.add(x, context.parameter("bias"));
  }

  private <T extends TNumber> Operand<T> matrix(Operand<T> weight) {
    Ops tf = context.tf();
    return tf.reshape(weight, tf.array(weight.shape().get(0), weight.shape().get(1)));
  }
}
