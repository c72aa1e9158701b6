package org.omnimamba.training.tower;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.tensor.LayeredSource;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.training.config.PictureData;
import org.omnimamba.training.config.Section;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.data.BatchSource;
import org.omnimamba.training.data.PictureCollator;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.data.ShuffledBatches;
import org.omnimamba.training.data.labelled.LabelledPictures;
import org.omnimamba.training.data.labelled.PictureLabels;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.run.TaskFactory;
import org.omnimamba.training.run.TrainingTask;

/**
 * {@code kind: towers}, both vision towers. Its objective:
 *
 * <ul>
 *   <li>{@code captions}, {@code concepts}, {@code styles}, {@code smoothing}: see {@link
 *       TowerLossSettings}
 *   <li>{@code caption_width}: of the encoder of captions, which training alone needs
 * </ul>
 *
 * Its data: {@code folder}, as {@code prepare} writes it; {@code tokenizer}; {@code batch_size};
 * {@code caption_length}, ids of a caption; {@code augmentation}, see {@link
 * org.omnimamba.training.augmentation.AugmentationSettings}.
 */
public final class TowerTask implements TaskFactory {
  private static final int WIDEST = 1 << 14;
  private static final int USUAL_WIDTH = 256;
  private final LabelledPictures labelled;

  /**
   * @param labelled what the pictures of {@code folder} are made into
   */
  public TowerTask(LabelledPictures labelled) {
    this.labelled = labelled;
  }

  @Override
  public TrainingTask create(TrainingConfig config, ModelConfig model, TensorSource initial) {
    PictureSet pictures = PictureData.training(config, model.vision().imageSize());
    PictureLabels labels = new PictureLabels(pictures.pictures());
    TowerSizes sizes = sizes(config, model, labels.concepts(), labels.styles());
    TowerObjective objective =
        new TowerObjective(
            model.vision(), sizes, settings(config), PictureData.augmentation(config.data()));
    Tokenizer tokenizer = tokenizer(config, model);
    BatchSource batches =
        new ShuffledBatches<>(
                labelled.pictures(pictures),
                PictureCollator.withCaptions(
                    tokenizer, (int) sizes.padding(), sizes.captionLength()),
                sizes.batch(),
                config.run().options().seed())
            .owning(tokenizer::close);
    config.data().refuseUnknown();
    config.objective().refuseUnknown();
    TensorSource heads = TowerHeads.initial(model, sizes, config.initialSeed());
    return new TrainingTask(
        objective,
        name -> name.startsWith(ParameterNames.VISION) || name.startsWith(TowerHeads.PREFIX),
        new LayeredSource(List.of(initial, heads)),
        batches,
        StepListener.NONE);
  }

  /** The sizes that a configuration says, for pictures of any source. */
  public static TowerSizes sizes(
      TrainingConfig config, ModelConfig model, int concepts, int styles) {
    Section objective = config.objective();
    int width =
        objective.has("caption_width")
            ? objective.integer("caption_width", 1, WIDEST)
            : USUAL_WIDTH;
    return new TowerSizes(
        PictureData.batchSize(config),
        config.data().integer("caption_length", 1, model.language().maxCaptionTokens()),
        model.specialTokens().pad(),
        concepts,
        styles,
        width);
  }

  /** What counts how much, as configured. */
  public static TowerLossSettings settings(TrainingConfig config) {
    Section objective = config.objective();
    TowerLossSettings usual = TowerLossSettings.defaults();
    return new TowerLossSettings(
        (float) objective.number("captions", usual.captions()),
        (float) objective.number("concepts", usual.concepts()),
        (float) objective.number("styles", usual.styles()),
        (float) objective.number("smoothing", usual.smoothing()));
  }

  private static Tokenizer tokenizer(TrainingConfig config, ModelConfig model) {
    Path file = config.path(config.data().text("tokenizer"));
    if (!Files.exists(file)) {
      throw config
          .data()
          .wrong("tokenizer", "is %s, which does not exist; 'prepare' makes it".formatted(file));
    }
    Tokenizer tokenizer = Tokenizer.open(file);
    try {
      tokenizer.requireMatches(model);
      return tokenizer;
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }
}
