package org.omnimamba.model.graph.vision;

import org.omnimamba.model.graph.Activations;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Tower features to embeddings: three linear layers {@code projector.0}, {@code .2} and {@code .4}
 * with exact GELUs between (the reference's FusedMLPProjector).
 */
public final class Projector {
  private final BlockContext context;

  /**
   * @param context in {@code projector}
   */
  public Projector(BlockContext context) {
    this.context = context;
  }

  /**
   * @param features {@code [batch, patches, inDim]}
   * @return {@code [batch, patches, outDim]}
   */
  public Operand<TFloat32> apply(Operand<TFloat32> features) {
    Operand<TFloat32> x = features;
    for (int layer = 0; layer < 3; layer++) {
      x = linear(layer, layer == 0 ? x : Activations.gelu(context.tf(), x));
    }
    return x;
  }

  /** Linear layer 0, 1 or 2, which the checkpoint numbers 0, 2 and 4. */
  Operand<TFloat32> linear(int layer, Operand<TFloat32> x) {
    return context.linearWithBias(x, "projector." + 2 * layer);
  }
}
