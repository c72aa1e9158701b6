package org.omnimamba.training.step;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.training.data.Batch;

/**
 * A training in progress: parameters, their optimiser's moments and the number of the next step. It
 * is saved and resumed as one. Used by the program's one thread.
 */
public final class Trainer {
  private final TrainableParameters parameters;
  private final TrainStep step;

  private Trainer(TrainableParameters parameters, TrainStep step) {
    this.parameters = parameters;
    this.step = step;
  }

  /**
   * A training at its first step.
   *
   * @param parameters loaded for {@code objective} into the same program
   */
  public static Trainer create(
      DeviceProgram program,
      TrainableParameters parameters,
      Objective objective,
      TrainOptions options) {
    return new Trainer(parameters, TrainStep.create(program, parameters, objective, options));
  }

  public TrainableParameters parameters() {
    return parameters;
  }

  /** Number of the next step, counted from 0. */
  public long step() {
    return step.step();
  }

  /** See {@link TrainStep#run(List, double)}. */
  public StepResult run(List<Batch> microBatches, double learningRate) {
    return step.run(microBatches, learningRate);
  }

  /**
   * Writes everything that the next step depends on; replaces the file if it exists.
   *
   * @param notes free text that {@link #resume} gives back
   */
  public void save(Path file, Map<String, String> notes) {
    TrainingState.save(file, parameters, step, notes);
  }

  /**
   * Goes on from a file that {@link #save} wrote.
   *
   * @return the notes that it was saved with
   * @throws org.omnimamba.model.checkpoint.tensor.CheckpointException if the file is damaged or of
   *     other parameters; nothing is changed then
   */
  public Map<String, String> resume(Path file) {
    return TrainingState.load(file, parameters, step);
  }

  /**
   * Writes the trained parameters alone, in float32 under their checkpoint names; later stages and
   * the export read them.
   */
  public void saveTrained(Path file) {
    TrainingState.saveTrained(file, parameters);
  }
}
