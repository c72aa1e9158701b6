package org.omnimamba.training.run;

import java.util.function.Predicate;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.training.data.BatchSource;
import org.omnimamba.training.step.Objective;

/**
 * What a run trains.
 *
 * @param objective from a batch to a loss
 * @param trained which of the parameters that it reads are trained
 * @param initial values of all parameters that it reads, before the first step
 * @param batches gives the arrays that the objective declares
 * @param listener is told of each step
 */
public record TrainingTask(
    Objective objective,
    Predicate<String> trained,
    TensorSource initial,
    BatchSource batches,
    StepListener listener)
    implements AutoCloseable {

  /** Closes what initial values and batches came from. */
  @Override
  public void close() {
    initial.close();
    batches.close();
  }
}
