package org.omnimamba.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Sees intermediate values while a graph is built; for comparisons with the reference. */
@FunctionalInterface
public interface Probe {
  /** Sees nothing. */
  Probe NONE = (name, value) -> {};

  /**
   * Called once for each value.
   *
   * @param name the block's parameter prefix and the value's name, for example {@code
   *     llm_backbone.mamba.backbone.layers.0.mixer.out}
   */
  void see(String name, Operand<TFloat32> value);
}
