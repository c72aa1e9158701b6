package org.omnimamba.model.graph.vq;

import org.omnimamba.model.graph.Activations;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * {@code x + conv2(swish(norm2(conv1(swish(norm1(x))))))}; where the width changes, x goes through
 * the pointwise {@code nin_shortcut}.
 */
final class ResnetBlock {
  private final BlockContext context;
  private final int outChannels;

  ResnetBlock(BlockContext context, int outChannels) {
    this.context = context;
    this.outChannels = outChannels;
  }

  /**
   * @param x {@code [batch, height, width, inChannels]}, all sizes known
   * @return {@code [batch, height, width, outChannels]}
   */
  Operand<TFloat32> apply(Operand<TFloat32> x) {
    Operand<TFloat32> branch = half("norm2", "conv2", half("norm1", "conv1", x));
    Operand<TFloat32> straight =
        x.shape().get(3) == outChannels
            ? x
            : new Convolution(context.in("nin_shortcut")).pointwise(x);
    return context.tf().math.add(straight, branch);
  }

  private Operand<TFloat32> half(String norm, String convolution, Operand<TFloat32> x) {
    Operand<TFloat32> normed = new GroupNorm(context.in(norm)).apply(x);
    return new Convolution(context.in(convolution)).same(Activations.silu(context.tf(), normed));
  }
}
