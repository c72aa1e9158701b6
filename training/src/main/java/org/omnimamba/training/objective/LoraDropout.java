package org.omnimamba.training.objective;

import org.omnimamba.model.config.LoraConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.graph.mamba.TaskLora;
import org.omnimamba.training.step.ObjectiveScope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Dropout on the adapters' input alone, in training only (the reference's rate is 0.05): kept
 * elements are scaled up, so that the mean stays.
 *
 * @param rate share of elements that are dropped, 0 to below 1
 */
public record LoraDropout(double rate) {
  public static final LoraDropout NONE = new LoraDropout(0);

  public LoraDropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("lora_dropout must be in [0, 1), is " + rate);
    }
  }

  /** The adapter of a task with dropout in front. */
  public TaskLora adapter(ObjectiveScope scope, Task task, LoraConfig config) {
    TaskLora lora = TaskLora.beside(task, config);
    return rate == 0 || !scope.training() ? lora : lora.withAdapterInput(x -> drop(scope, x));
  }

  Operand<TFloat32> drop(ObjectiveScope scope, Operand<TFloat32> x) {
    Ops tf = scope.tf();
    Operand<TFloat32> kept =
        tf.dtypes.cast(
            tf.math.greaterEqual(scope.uniform(x.shape()), tf.constant((float) rate)),
            TFloat32.class);
    return tf.math.mul(x, tf.math.mul(kept, tf.constant((float) (1 / (1 - rate)))));
  }
}
