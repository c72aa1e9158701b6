package org.omnimamba.training.run;

import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.training.config.TrainingConfig;

/** Makes the task of one kind of objective from its configuration. */
@FunctionalInterface
public interface TaskFactory {

  /**
   * Makes the task.
   *
   * @param config whose {@code objective} and {@code data} sections this factory reads, and checks
   *     for unknown fields
   * @param model sizes of the model that is trained
   * @param initial values of all of the model's parameters: the configuration's parts over initial
   *     values; the task owns it
   */
  TrainingTask create(TrainingConfig config, ModelConfig model, TensorSource initial);
}
