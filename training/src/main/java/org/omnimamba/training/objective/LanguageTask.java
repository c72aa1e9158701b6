package org.omnimamba.training.objective;

import java.util.List;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.training.config.Section;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.data.Examples;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.data.ShuffledBatches;
import org.omnimamba.training.data.TextCollator;
import org.omnimamba.training.data.labelled.LabelledPictures;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.run.TaskFactory;
import org.omnimamba.training.run.TrainingTask;

/**
 * {@code kind: language}. Its data: {@code folder} (as {@code prepare} writes it), {@code
 * tokenizer}, {@code batch_size}, {@code length} in ids.
 */
public final class LanguageTask implements TaskFactory {
  private final LabelledPictures labelled;

  /**
   * @param labelled what the pictures of {@code folder} are made into
   */
  public LanguageTask(LabelledPictures labelled) {
    this.labelled = labelled;
  }

  @Override
  public TrainingTask create(TrainingConfig config, ModelConfig model, TensorSource initial) {
    Section data = config.data();
    Tokenizer tokenizer = TextData.tokenizer(config, data);
    int batch = TextData.batchSize(data);
    int length = data.integer("length", 2, 1 << 16);
    List<Picture> pictures =
        PictureSet.read(TextData.existing(config, data, "folder"), Picture.Split.TRAIN).pictures();
    Examples<List<String>> texts = labelled.texts(pictures);
    data.refuseUnknown();
    config.objective().refuseUnknown();
    return new TrainingTask(
        new LanguageObjective(model, batch, length),
        Stage.LANGUAGE,
        initial,
        new ShuffledBatches<>(
                texts,
                new TextCollator(model.specialTokens(), tokenizer, length),
                batch,
                config.run().options().seed())
            .owning(tokenizer::close),
        StepListener.NONE);
  }
}
