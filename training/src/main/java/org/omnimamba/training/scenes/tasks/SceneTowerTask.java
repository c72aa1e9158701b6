package org.omnimamba.training.scenes.tasks;

import java.util.List;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.tensor.LayeredSource;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.training.config.PictureData;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.data.BatchSource;
import org.omnimamba.training.data.PictureCollator;
import org.omnimamba.training.objective.TextData;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.run.TaskFactory;
import org.omnimamba.training.run.TrainingTask;
import org.omnimamba.training.tower.TowerHeads;
import org.omnimamba.training.tower.TowerObjective;
import org.omnimamba.training.tower.TowerSizes;
import org.omnimamba.training.tower.TowerTask;

/**
 * {@code kind: scenes-towers}, both vision towers on scenes of one object: a start for the joint
 * stage, which trains them on scenes of several. Its objective is that of {@link TowerTask}; its
 * data: {@code folder} and {@code altered}, see {@link SceneData}; {@code tokenizer}, {@code
 * batch_size}, {@code caption_length}.
 */
public final class SceneTowerTask implements TaskFactory {
  @Override
  public TrainingTask create(TrainingConfig config, ModelConfig model, TensorSource initial) {
    SceneData data =
        new SceneData(
            SceneData.sprites(config, config.data()),
            model.vision().imageSize(),
            SceneData.altered(config.data()));
    TowerSizes sizes = TowerTask.sizes(config, model, data.concepts(), data.styles());
    TowerObjective objective =
        new TowerObjective(
            model.vision(),
            sizes,
            TowerTask.settings(config),
            PictureData.augmentation(config.data()));
    Tokenizer tokenizer = TextData.tokenizer(config, config.data());
    BatchSource batches =
        new SceneBatches<>(
                data::labelled,
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
}
