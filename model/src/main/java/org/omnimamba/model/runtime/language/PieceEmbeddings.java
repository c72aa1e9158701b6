package org.omnimamba.model.runtime.language;

import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.mamba.TokenEmbeddings;
import org.omnimamba.model.runtime.ImageTable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * From the ids of a piece to what the layers take, inside a function: the same sums as {@link
 * PromptEmbedder} makes of whole prompts.
 */
final class PieceEmbeddings {
  private final FunctionScope scope;
  private final Ops tf;
  private final TokenEmbeddings embeddings;
  private final LanguageModelConfig config;
  private final ImageTable images;

  PieceEmbeddings(
      FunctionScope scope,
      TokenEmbeddings embeddings,
      LanguageModelConfig config,
      ImageTable images) {
    this.scope = scope;
    this.tf = scope.tf();
    this.embeddings = embeddings;
    this.config = config;
    this.images = images;
  }

  /** The piece with positions applied, {@code [length, dModel]}. */
  Operand<TFloat32> of(Task task, PieceInputs.Operands inputs) {
    Operand<TInt64> positions = positions(inputs);
    // padding may lie behind the last position there is
    Operand<TInt64> known = within(positions, config.positions(task));
    Operand<TFloat32> text = embeddings.text(inputs.ids());
    return switch (task) {
      case T2I -> tf.math.add(embeddings.caption(text), embeddings.t2iPositions(known));
      case MMU ->
          tf.math.add(withImage(inputs.image(), positions, text), embeddings.mmuPositions(known));
    };
  }

  private Operand<TInt64> positions(PieceInputs.Operands inputs) {
    long[] offsets = new long[(int) inputs.ids().shape().get(0)];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = i;
    }
    return tf.math.add(inputs.where().seen(), tf.constant(offsets));
  }

  private Operand<TFloat32> withImage(
      Operand<TInt64> image, Operand<TInt64> positions, Operand<TFloat32> text) {
    Operand<TInt64> patch =
        tf.math.sub(positions, tf.constant((long) PromptEmbedder.IDS_BEFORE_IMAGE));
    Operand<TBool> ofImage =
        tf.math.logicalAnd(
            tf.math.greaterEqual(patch, tf.constant(0L)),
            tf.math.less(patch, tf.constant((long) images.patches())));
    Operand<TFloat32> seen =
        images.read(
            scope, tf.math.maximum(image, tf.constant(0L)), within(patch, images.patches()));
    Operand<TBool> there = tf.expandDims(tf.math.greaterEqual(image, tf.constant(0L)), axis());
    Operand<TFloat32> shown = tf.select(there, seen, tf.zerosLike(seen));
    return tf.select(tf.expandDims(ofImage, axis()), shown, text);
  }

  private Operand<TInt32> axis() {
    return tf.constant(1);
  }

  private Operand<TInt64> within(Operand<TInt64> numbers, int size) {
    return tf.math.minimum(tf.math.maximum(numbers, tf.constant(0L)), tf.constant((long) size - 1));
  }
}
