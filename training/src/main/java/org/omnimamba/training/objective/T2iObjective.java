package org.omnimamba.training.objective;

import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.mamba.Backbone;
import org.omnimamba.model.graph.mamba.LayerStates;
import org.omnimamba.model.graph.mamba.TiedHeads;
import org.omnimamba.model.graph.mamba.TokenEmbeddings;
import org.omnimamba.training.step.Loss;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.ObjectiveScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Drawing: the image tokens after a caption, each from those before it (paper section 3.4).
 *
 * <p>Inputs: {@code caption_ids} {@code [batch, prompt + 1]}, which are {@code [t2i][sot]} caption
 * {@code [eot][soi]} and the {@code [eoi]} after the image, and those of {@link ImageIds}. The loss
 * is on image tokens only, so neither {@code [eoi]} nor the last image token is ever looked back
 * at, and both are left out of the sequence.
 *
 * @param model its sizes
 * @param batch rows
 * @param images where the image tokens come from
 * @param dropout before the adapters
 * @param vocabulary where image tokens stand
 */
public record T2iObjective(
    ModelConfig model, int batch, ImageIds images, LoraDropout dropout, Vocabulary vocabulary)
    implements Objective {

  /** With image tokens that were computed before. */
  public T2iObjective(ModelConfig model, int batch, LoraDropout dropout, Vocabulary vocabulary) {
    this(model, batch, ImageIds.PRECOMPUTED, dropout, vocabulary);
  }

  /** With the paper's decoupled vocabularies. */
  public T2iObjective(ModelConfig model, int batch, LoraDropout dropout) {
    this(model, batch, dropout, Vocabulary.DECOUPLED);
  }

  @Override
  public T2iObjective share(int shares) {
    return new T2iObjective(
        model, Parts.shareOf(batch, shares, "drawing"), images, dropout, vocabulary);
  }

  @Override
  public Loss build(ObjectiveScope scope) {
    Ops tf = scope.tf();
    LanguageModelConfig language = model.language();
    long prompt = language.t2iPromptTokens();
    long image = language.imageTokens();
    Operand<TInt64> captionIds = scope.longs("caption_ids", Shape.of(batch, prompt + 1));
    Operand<TInt64> imageIds = vocabulary.ids(tf, language, images.ids(scope, model, batch));
    BlockContext context = scope.parameters().in(Backbone.PREFIX);
    TokenEmbeddings embeddings = new TokenEmbeddings(context);
    Operand<TFloat32> caption =
        vocabulary.caption(embeddings, Parts.ids(tf, captionIds, 0, prompt));
    Operand<TFloat32> sequence =
        image == 1
            ? caption
            : tf.concat(
                List.of(
                    caption, vocabulary.image(embeddings, Parts.ids(tf, imageIds, 0, image - 1))),
                tf.constant(1));
    Operand<TFloat32> positions =
        embeddings.t2iPositions(Parts.firstPositions(tf, prompt + image - 1));
    Operand<TFloat32> hidden =
        new Backbone(context, language, dropout.adapter(scope, Task.T2I, language.lora()))
            .sequence(tf.math.add(sequence, positions), null, LayerStates.NONE);
    Operand<TFloat32> logits =
        vocabulary.logits(new TiedHeads(context), Parts.places(tf, hidden, prompt - 1, image));
    return TokenLoss.everywhere(scope, logits, imageIds, "t2i");
  }
}
