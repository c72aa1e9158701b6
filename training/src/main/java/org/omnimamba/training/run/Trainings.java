package org.omnimamba.training.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.schema.InitialTensors;
import org.omnimamba.model.checkpoint.tensor.LayeredSource;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ConfigReader;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.training.config.InvalidTrainingConfigException;
import org.omnimamba.training.config.TrainingConfig;

/** Runs what a configuration describes. */
public final class Trainings {
  private final Map<String, TaskFactory> kinds;

  /**
   * @param kinds by the name that configurations use as {@code objective.kind}
   */
  public Trainings(Map<String, TaskFactory> kinds) {
    this.kinds = new TreeMap<>(kinds);
  }

  /**
   * Prepares a run.
   *
   * @throws InvalidTrainingConfigException if the configuration's kind is unknown, a file is
   *     missing that an earlier training should have written, or the devices cannot share batches
   */
  public TrainingTask task(TrainingConfig config) {
    String kind = config.objective().text("kind");
    TaskFactory factory = kinds.get(kind);
    if (factory == null) {
      throw new InvalidTrainingConfigException(
          "objective.kind is '%s', not one of %s".formatted(kind, kinds.keySet()));
    }
    ModelConfig model = ConfigReader.read(config.model());
    TensorSource initial = initial(config, model);
    try {
      TrainingTask task = factory.create(config, model, initial);
      requireShares(config, task);
      return task;
    } catch (RuntimeException e) {
      initial.close();
      throw e;
    }
  }

  /** Said before anything large is loaded. */
  private static void requireShares(TrainingConfig config, TrainingTask task) {
    int devices = config.run().execution().devices();
    if (devices > 1) {
      try {
        task.objective().share(devices);
      } catch (IllegalArgumentException e) {
        task.batches().close();
        throw new InvalidTrainingConfigException(
            "run.devices is %d, but %s".formatted(devices, e.getMessage()), e);
      }
    }
  }

  private static TensorSource initial(TrainingConfig config, ModelConfig model) {
    List<TensorSource> layers = new ArrayList<>();
    layers.add(new InitialTensors(model, config.initialSeed()));
    for (Path part : config.parts()) {
      if (!Files.exists(part)) {
        throw new InvalidTrainingConfigException(
            "parts: there is no %s; run the training that writes it first".formatted(part));
      }
      layers.add(Safetensors.openValues(part));
    }
    return new LayeredSource(layers);
  }
}
