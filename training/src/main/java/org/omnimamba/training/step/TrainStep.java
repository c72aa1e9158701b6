package org.omnimamba.training.step;

import java.util.List;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.training.data.Batch;

/**
 * Optimiser steps of one objective: forward, backward, clipping and AdamW, on all devices of a
 * program. Used by the program's one thread.
 *
 * <p>If the gradients' norm is not a finite number, the parameters and moments stay as they are,
 * and the caller sees the norm.
 */
public final class TrainStep {
  private final TrainOptions options;
  private final StepCalls calls;
  private long step;

  private TrainStep(TrainOptions options, StepCalls calls) {
    this.options = options;
    this.calls = calls;
  }

  /**
   * Builds the functions; the first step compiles them.
   *
   * @param parameters loaded for {@code objective} into the same program
   * @throws IllegalArgumentException if the program has several devices and they cannot share the
   *     objective's rows
   */
  public static TrainStep create(
      DeviceProgram program,
      TrainableParameters parameters,
      Objective objective,
      TrainOptions options) {
    return new TrainStep(
        options,
        program.devices() == 1
            ? new OneDeviceCalls(program, parameters, objective, options)
            : new ParallelCalls(program, parameters, objective, options));
  }

  /** Number of the next step, counted from 0. */
  public long step() {
    return step;
  }

  /** Continues at a step, as after {@link TrainingState#load}. */
  void continueAt(long number) {
    step = number;
  }

  public TrainOptions options() {
    return options;
  }

  /**
   * Takes one step.
   *
   * @param microBatches as many as are accumulated; normally one
   * @param learningRate of this step
   * @throws IllegalArgumentException if a batch lacks an array that the objective declares; nothing
   *     is changed then
   */
  public StepResult run(List<Batch> microBatches, double learningRate) {
    if (microBatches.size() != options.accumulate()) {
      throw new IllegalArgumentException(
          "a step takes %d micro-batches, not %d"
              .formatted(options.accumulate(), microBatches.size()));
    }
    StepTotals totals = calls.run(step * options.accumulate(), rates(learningRate), microBatches);
    return totals.result(step++, options.accumulate());
  }

  /** {@link #run(List, double)} with one batch. */
  public StepResult run(Batch batch, double learningRate) {
    return run(List.of(batch), learningRate);
  }

  /** As {@link AdamWUpdate} takes them. */
  private float[] rates(double learningRate) {
    AdamW optimizer = options.optimizer();
    return new float[] {
      (float) learningRate,
      (float) (learningRate / (1 - Math.pow(optimizer.beta1(), (double) (step + 1)))),
      (float) (1 / Math.sqrt(1 - Math.pow(optimizer.beta2(), (double) (step + 1))))
    };
  }
}
