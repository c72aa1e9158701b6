package org.omnimamba.training.step;

import java.util.List;
import org.omnimamba.training.data.Batch;

/** The functions of a step, on the devices of a program. */
interface StepCalls {

  /**
   * Runs a step's micro-batches; the last one updates the parameters.
   *
   * @param first number of the first micro-batch
   * @param rates what {@link AdamWUpdate} takes
   * @param microBatches as many as are accumulated
   * @throws IllegalArgumentException if a batch lacks an array that the objective declares; nothing
   *     is changed then
   */
  StepTotals run(long first, float[] rates, List<Batch> microBatches);
}
