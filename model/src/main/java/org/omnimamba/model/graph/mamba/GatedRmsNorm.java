package org.omnimamba.model.graph.mamba;

import org.omnimamba.model.graph.Activations;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The norm at the mixer's end: the gate is applied first, {@code rms(y * silu(z)) * weight}, over
 * the whole width ({@code norm_before_gate = False} in the reference).
 */
public final class GatedRmsNorm {
  private final BlockContext context;
  private final RmsNorm norm;

  /** A norm whose parameter is {@code weight} in {@code context}. */
  public GatedRmsNorm(BlockContext context, float eps) {
    this.context = context;
    this.norm = new RmsNorm(context, eps);
  }

  /**
   * @param y {@code [..., dInner]}
   * @param z the gate, {@code [..., dInner]}
   * @return {@code [..., dInner]}
   */
  public Operand<TFloat32> apply(Operand<TFloat32> y, Operand<TFloat32> z) {
    return norm.apply(context.tf().math.mul(y, Activations.silu(context.tf(), z)));
  }
}
