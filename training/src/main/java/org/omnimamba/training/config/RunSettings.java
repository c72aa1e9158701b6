package org.omnimamba.training.config;

import java.nio.file.Path;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.training.step.TrainOptions;

/**
 * How a run is carried out.
 *
 * @param output folder of the run's files
 * @param execution device and compilation
 * @param options of its steps
 * @param learningRate peak of the schedule
 * @param warmupSteps steps of linear warm-up
 * @param rateFloor part of the peak that is left at the end
 * @param budget when it ends
 * @param checkpointMinutes minutes between states; 0 keeps one at the end only
 * @param logEvery steps between two lines of the curve
 */
public record RunSettings(
    Path output,
    ExecutionOptions execution,
    TrainOptions options,
    double learningRate,
    long warmupSteps,
    double rateFloor,
    StepBudget budget,
    double checkpointMinutes,
    int logEvery) {

  public RunSettings {
    if (logEvery < 1) {
      throw new IllegalArgumentException("log_every must be at least 1, is " + logEvery);
    }
    if (budget.isMeasured() && warmupSteps < StepBudget.MEASURED_BY) {
      throw new IllegalArgumentException(
          "steps: auto measures the speed while the rate warms up: warmup_steps must be at least %d"
              .formatted(StepBudget.MEASURED_BY));
    }
  }
}
