package org.omnimamba.model.graph.mamba;

import org.omnimamba.model.config.Task;
import org.omnimamba.model.graph.BlockContext;
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

  /** Name of a task's table, {@code [vocabulary, dModel]}, in {@link Backbone#PREFIX}. */
  public static String tableName(Task task) {
    return switch (task) {
      case MMU -> "embedding.weight";
      case T2I -> "img_embeddings.word_embeddings.weight";
    };
  }

  /**
   * @param hidden {@code [..., dModel]}
   * @return {@code [..., vocabulary]}
   */
  public Operand<TFloat32> logits(Task task, Operand<TFloat32> hidden) {
    return context.linear(hidden, tableName(task));
  }
}
