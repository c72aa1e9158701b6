package org.omnimamba.model.runtime;

import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** The layers of a step on a window of slots, inside a function. */
interface WindowLayers {
  /**
   * Adds all layers for the next token of each row.
   *
   * @param embeddings positions applied, {@code [batch, dModel]}
   * @param positions tokens that each row has seen, {@code [batch]}
   * @return hidden values behind the final norm, {@code [batch, dModel]}
   */
  Operand<TFloat32> apply(
      BlockContext context, Operand<TFloat32> embeddings, Operand<TInt64> positions);

  /** Keeps the states; call once, behind the last token. */
  void store();
}
