package org.omnimamba.model.graph.mamba;

import org.omnimamba.model.config.Task;
import org.omnimamba.model.graph.Activations;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * The two decoupled vocabularies and the two position tables (paper section 3.2), with everything
 * that turns ids into inputs of the backbone. All methods take the context of {@link
 * Backbone#PREFIX}.
 */
public final class TokenEmbeddings {
  private final BlockContext context;

  public TokenEmbeddings(BlockContext context) {
    this.context = context;
  }

  /**
   * Text embeddings; special and padding ids are ordinary rows.
   *
   * @param ids any shape
   * @return {@code [..., dModel]}
   */
  public Operand<TFloat32> text(Operand<TInt64> ids) {
    return context.rows(TiedHeads.tableName(Task.MMU), ids);
  }

  /** The caption MLP: Linear, GELU (tanh), Linear, without biases, on {@code [..., dModel]}. */
  public Operand<TFloat32> caption(Operand<TFloat32> text) {
    BlockContext projection = context.in("caption_embed.cap_proj");
    Operand<TFloat32> inner =
        Activations.geluTanh(context.tf(), projection.linear(text, "fc1.weight"));
    return projection.linear(inner, "fc2.weight");
  }

  /**
   * Embeddings of image tokens, {@code project_in(word_embeddings[id])}: Linear, GELU, Linear,
   * GELU, Linear.
   *
   * @param ids any shape
   * @return {@code [..., dModel]}
   */
  public Operand<TFloat32> image(Operand<TInt64> ids) {
    return projectedImage(context.rows(TiedHeads.tableName(Task.T2I), ids));
  }

  /** {@code project_in} on rows of the image vocabulary, {@code [..., dModel]}. */
  public Operand<TFloat32> projectedImage(Operand<TFloat32> embedded) {
    BlockContext projector = context.in("img_embeddings.project_in.projector");
    Ops tf = context.tf();
    Operand<TFloat32> first = Activations.gelu(tf, projector.linearWithBias(embedded, "0"));
    Operand<TFloat32> second = Activations.gelu(tf, projector.linearWithBias(first, "2"));
    return projector.linearWithBias(second, "4");
  }

  /** Name of a task's position table, {@code [1, positions, dModel]}, in the context. */
  public static String positionsName(Task task) {
    return switch (task) {
      case MMU -> "mmu_pos_embed";
      case T2I -> "pos_embed";
    };
  }

  /** Rows of {@code pos_embed}, which text-to-image sequences use. */
  public Operand<TFloat32> t2iPositions(Operand<TInt64> positions) {
    return positionRows(positionsName(Task.T2I), positions);
  }

  /** Rows of {@code mmu_pos_embed}, which understanding sequences use. */
  public Operand<TFloat32> mmuPositions(Operand<TInt64> positions) {
    return positionRows(positionsName(Task.MMU), positions);
  }

  private Operand<TFloat32> positionRows(String table, Operand<TInt64> positions) {
    // only the chosen rows are widened, so that a bfloat16 table is not converted whole
    Operand<? extends TNumber> stored = context.stored(table);
    Ops tf = context.tf();
    long[] shape = {stored.shape().get(1), stored.shape().get(2)};
    return tf.dtypes.cast(
        tf.gather(tf.reshape(stored, tf.constant(shape)), positions, tf.constant(0)),
        TFloat32.class);
  }
}
