package org.omnimamba.model.graph;

import org.omnimamba.model.config.Task;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The heads, tied to the embeddings: image logits use the raw table of image tokens (without {@code
 * project_in}), text logits the text embedding. Nothing masks padding rows of a vocabulary.
 */
public final class TiedHeads {
  private final BlockContext context;

  /** Heads over the tables in {@code context}, {@link Backbone#PREFIX}. */
  public TiedHeads(BlockContext context) {
    this.context = context;
  }

  /**
   * @param hidden {@code [..., dModel]}
   * @return {@code [..., vocabulary]}
   */
  public Operand<TFloat32> logits(Task task, Operand<TFloat32> hidden) {
    return switch (task) {
      case MMU -> context.linear(hidden, "embedding.weight");
      case T2I -> context.linear(hidden, "img_embeddings.word_embeddings.weight");
    };
  }
}
