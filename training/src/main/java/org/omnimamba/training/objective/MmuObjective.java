package org.omnimamba.training.objective;

import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.SpecialTokens;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.mamba.Backbone;
import org.omnimamba.model.graph.mamba.LayerStates;
import org.omnimamba.model.graph.mamba.TiedHeads;
import org.omnimamba.model.graph.mamba.TokenEmbeddings;
import org.omnimamba.model.graph.vision.Projector;
import org.omnimamba.training.step.Loss;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.ObjectiveScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Understanding: the text after {@code [mmu][soi]} image {@code [eoi][sot]}.
 *
 * <p>Inputs: those of {@link ImageFeatures}; {@code has_picture} {@code [batch]}, 0 in rows of text
 * alone, whose image places are zeros, not an embedding (see docs/reference-behaviours.md, 31);
 * {@code input_ids} and {@code labels} {@code [batch, length]}, the text only; labels are not
 * shifted, -100 where there is no loss.
 *
 * @param model its sizes
 * @param batch rows
 * @param length ids of a row's text
 * @param features where the towers' features come from
 * @param dropout before the adapters
 */
public record MmuObjective(
    ModelConfig model, int batch, int length, ImageFeatures features, LoraDropout dropout)
    implements Objective {
  /** The image's frame: two ids before it, two after. */
  private static final int FRAME = 2;

  public MmuObjective {
    int all = 2 * FRAME + model.vision().patches() + length;
    if (all > model.language().mmuPositions()) {
      throw new IllegalArgumentException(
          "an image and %d ids take %d positions, but the model has %d"
              .formatted(length, all, model.language().mmuPositions()));
    }
  }

  @Override
  public MmuObjective share(int shares) {
    return new MmuObjective(
        model, Parts.shareOf(batch, shares, "understanding"), length, features, dropout);
  }

  @Override
  public Loss build(ObjectiveScope scope) {
    Ops tf = scope.tf();
    LanguageModelConfig language = model.language();
    SpecialTokens special = model.specialTokens();
    BlockContext context = scope.parameters().in(Backbone.PREFIX);
    TokenEmbeddings embeddings = new TokenEmbeddings(context);
    Operand<TFloat32> image = image(scope);
    Operand<TInt64> ids = scope.longs("input_ids", Shape.of(batch, length));
    Operand<TInt64> labels = scope.longsOfAllRows("labels", Shape.of(batch, length));
    Operand<TFloat32> sequence =
        tf.concat(
            List.of(
                embeddings.text(everyRow(tf, special.mmu(), special.soi())),
                image,
                embeddings.text(everyRow(tf, special.eoi(), special.sot())),
                // nothing looks back at the last id
                embeddings.text(Parts.ids(tf, ids, 0, length - 1L))),
            tf.constant(1));
    long before = 2L * FRAME + model.vision().patches();
    Operand<TFloat32> positions =
        embeddings.mmuPositions(Parts.firstPositions(tf, before + length - 1));
    Operand<TFloat32> hidden =
        new Backbone(context, language, dropout.adapter(scope, Task.MMU, language.lora()))
            .sequence(tf.math.add(sequence, positions), null, LayerStates.NONE);
    // the place before the text predicts its first id
    Operand<TFloat32> logits =
        new TiedHeads(context).logits(Task.MMU, Parts.places(tf, hidden, before - 1, length));
    return TokenLoss.of(scope, logits, labels, "mmu");
  }

  private Operand<TFloat32> image(ObjectiveScope scope) {
    Ops tf = scope.tf();
    Operand<TFloat32> projected =
        new Projector(scope.parameters().in("projector"))
            .apply(features.features(scope, model, batch));
    Operand<TFloat32> hasPicture = scope.floats("has_picture", Shape.of(batch));
    return tf.math.mul(projected, tf.reshape(hasPicture, tf.constant(new long[] {batch, 1, 1})));
  }

  private Operand<TInt64> everyRow(Ops tf, int first, int second) {
    long[] ids = new long[2 * batch];
    for (int row = 0; row < batch; row++) {
      ids[2 * row] = first;
      ids[2 * row + 1] = second;
    }
    return tf.reshape(tf.constant(ids), tf.constant(new long[] {batch, 2}));
  }
}
