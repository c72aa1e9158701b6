package org.omnimamba.training.run;

import java.nio.file.Path;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.training.config.RunSettings;
import org.omnimamba.training.config.StepBudget;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.step.InMemoryTensors;
import org.omnimamba.training.step.Loss;
import org.omnimamba.training.step.ObjectiveScope;
import org.omnimamba.training.step.TrainOptions;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A run that takes no time: a vector is drawn towards numbers that change with each batch. */
final class TinyRun {
  private static final int SIZE = 6;

  private TinyRun() {}

  static TrainingTask task(StepListener listener) {
    return new TrainingTask(
        TinyRun::loss,
        name -> true,
        new InMemoryTensors().put("vector", Shape.of(SIZE), new float[SIZE]),
        number -> Batch.empty().with("target", target(number)),
        listener);
  }

  static TrainingTask task() {
    return task(StepListener.NONE);
  }

  static RunSettings settings(Path output, StepBudget budget, int accumulate) {
    return new RunSettings(
        output,
        ExecutionOptions.cpu().withCompile(false),
        TrainOptions.defaults().withSeed(5).withAccumulate(accumulate),
        0.1,
        StepBudget.MEASURED_BY,
        0.01,
        budget,
        0,
        1);
  }

  private static float[] target(long number) {
    float[] target = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      target[i] = (float) Math.sin(number * 7 + i) + 3;
    }
    return target;
  }

  /** With noise, so that random numbers take part. */
  private static Loss loss(ObjectiveScope scope) {
    Ops tf = scope.tf();
    Operand<TFloat32> noise = tf.math.mul(scope.uniform(Shape.of(SIZE)), tf.constant(0.1f));
    Operand<TFloat32> target = tf.math.add(scope.floats("target", Shape.of(SIZE)), noise);
    Operand<TFloat32> error = tf.math.sub(scope.parameters().parameter("vector"), target);
    Operand<TFloat32> sum = tf.reduceSum(tf.math.square(error), tf.constant(0));
    return Loss.of(sum).withMetric("sum", sum);
  }
}
