package org.omnimamba.model.graph.vision;

import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A learnt factor per channel on a residual branch; parameter {@code gamma}. */
final class LayerScale {
  private final BlockContext context;

  LayerScale(BlockContext context) {
    this.context = context;
  }

  /**
   * @param x {@code [..., dim]}
   * @return {@code [..., dim]}
   */
  Operand<TFloat32> apply(Operand<TFloat32> x) {
    return context.tf().math.mul(x, context.parameter("gamma"));
  }
}
