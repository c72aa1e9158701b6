package org.omnimamba.training.run;

import org.omnimamba.training.step.StepResult;
import org.omnimamba.training.step.TrainableParameters;

/** Is told of each step; may read and replace parameters before the next one. */
@FunctionalInterface
public interface StepListener {
  /** Does nothing. */
  StepListener NONE = (result, parameters) -> {};

  /**
   * Called after each step. What it does must depend on its arguments only, since a resumed run
   * starts with a new listener.
   */
  void after(StepResult result, TrainableParameters parameters);
}
