package org.omnimamba.training.scenes.tasks;

import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.training.config.PictureData;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.data.BatchSource;
import org.omnimamba.training.data.PictureCollator;
import org.omnimamba.training.data.PictureExample;
import org.omnimamba.training.run.StepListener;
import org.omnimamba.training.run.TaskFactory;
import org.omnimamba.training.run.TrainingTask;
import org.omnimamba.training.vq.VqObjective;
import org.omnimamba.training.vq.VqTask;

/**
 * {@code kind: scenes-vq}, the image tokenizer on scenes. Its objective is that of {@link VqTask};
 * its data: {@code folder} and {@code altered}, see {@link SceneData}, and {@code batch_size}.
 */
public final class SceneVqTask implements TaskFactory {
  @Override
  public TrainingTask create(TrainingConfig config, ModelConfig model, TensorSource initial) {
    int size = model.language().imageGridWidth() * model.vq().downsampleFactor();
    int batch = PictureData.batchSize(config);
    VqObjective objective = VqTask.objective(config, model, batch, size);
    SceneData data =
        new SceneData(
            SceneData.sprites(config, config.data()), size, SceneData.altered(config.data()));
    BatchSource batches =
        new SceneBatches<>(
                random -> new PictureExample(data.picture(random), "", 0, 0, false),
                PictureCollator.withoutCaptions(),
                batch,
                config.run().options().seed())
            .with(VqTask.shares(config));
    StepListener revival = VqTask.revival(config);
    config.data().refuseUnknown();
    config.objective().refuseUnknown();
    return new TrainingTask(
        objective, name -> name.startsWith(ParameterNames.VQ), initial, batches, revival);
  }
}
