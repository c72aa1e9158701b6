package org.omnimamba.training.vq;

import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.training.config.PictureData;
import org.omnimamba.training.config.Section;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.data.BatchSource;
import org.omnimamba.training.data.PictureCollator;
import org.omnimamba.training.data.PictureSet;
import org.omnimamba.training.data.ShuffledBatches;
import org.omnimamba.training.data.labelled.LabelledPictures;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.run.TaskFactory;
import org.omnimamba.training.run.TrainingTask;

/**
 * {@code kind: vq}, the image tokenizer. Its objective:
 *
 * <ul>
 *   <li>{@code absolute}, {@code square}, {@code edges}, {@code codebook}, {@code commitment},
 *       {@code locality}: weights, see {@link VqLossWeights}
 *   <li>{@code quantized_from}: over so many micro-batches the autoencoder turns into a quantizer
 *   <li>{@code revive_every}, {@code revive_until}: steps, see {@link CodebookRevival}; 0 never
 *       revives
 *   <li>{@code convolutions_by_products}: for devices without a library for convolutions, see
 *       {@link org.omnimamba.model.graph.BlockContext#convolvingByProducts}
 * </ul>
 *
 * Its data: {@code folder}, as {@code prepare} writes it; {@code batch_size}; {@code augmentation},
 * see {@link org.omnimamba.training.augmentation.AugmentationSettings}.
 */
public final class VqTask implements TaskFactory {
  private final LabelledPictures labelled;

  /**
   * @param labelled what the pictures of {@code folder} are made into
   */
  public VqTask(LabelledPictures labelled) {
    this.labelled = labelled;
  }

  @Override
  public TrainingTask create(TrainingConfig config, ModelConfig model, TensorSource initial) {
    int size = model.language().imageGridWidth() * model.vq().downsampleFactor();
    PictureSet pictures = PictureData.training(config, size);
    int batch = PictureData.batchSize(config);
    Section objective = config.objective();
    VqObjective built = objective(config, model, batch, size);
    BatchSource batches =
        new ShuffledBatches<>(
                labelled.pictures(pictures),
                PictureCollator.withoutCaptions(),
                batch,
                config.run().options().seed())
            .with(shares(config));
    StepListener revival = revival(config);
    config.data().refuseUnknown();
    objective.refuseUnknown();
    return new TrainingTask(
        built, name -> name.startsWith(ParameterNames.VQ), initial, batches, revival);
  }

  /** What a configuration's fields make of the objective; for pictures of any source. */
  public static VqObjective objective(
      TrainingConfig config, ModelConfig model, int batch, int size) {
    return new VqObjective(
        model.vq(),
        batch,
        size,
        weights(config.objective()),
        PictureData.augmentation(config.data()),
        config.objective().flag("convolutions_by_products", false));
  }

  private static VqLossWeights weights(Section objective) {
    VqLossWeights usual = VqLossWeights.defaults();
    return new VqLossWeights(
        (float) objective.number("absolute", usual.absolute()),
        (float) objective.number("square", usual.square()),
        (float) objective.number("edges", usual.edges()),
        (float) objective.number("codebook", usual.codebook()),
        (float) objective.number("commitment", usual.commitment()),
        (float) objective.number("locality", usual.locality()));
  }

  /** How far quantization has set in, by the number of the micro-batch. */
  public static BatchSource shares(TrainingConfig config) {
    return shares(config.objective().integer("quantized_from", 0));
  }

  static BatchSource shares(long quantizedFrom) {
    return step -> {
      float share = step >= quantizedFrom ? 1f : (float) step / quantizedFrom;
      return Batch.empty().with(VqObjective.SHARE, new float[] {share});
    };
  }

  /** What brings unused codes back, as configured. */
  public static StepListener revival(TrainingConfig config) {
    long every = config.objective().integer("revive_every", 0);
    long until = config.objective().integer("revive_until", Long.MAX_VALUE);
    if (every == 0) {
      return StepListener.NONE;
    }
    return new CodebookUpkeep(new CodebookRevival(every, until, config.run().options().seed()));
  }
}
