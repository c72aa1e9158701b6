package org.omnimamba.model.graph;

import java.util.function.UnaryOperator;
import org.omnimamba.model.config.LoraConfig;
import org.omnimamba.model.config.Task;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A projection with the adapter of one task: {@code W u + scaling * B (A u)} (paper section 3.3).
 * Every layer has an adapter per task; the task chooses one per call, in sequences and single steps
 * alike.
 */
public final class TaskLora {
  private final Task task;
  private final LoraConfig config;
  private final boolean merged;
  private final UnaryOperator<Operand<TFloat32>> adapterInput;

  private TaskLora(
      Task task, LoraConfig config, boolean merged, UnaryOperator<Operand<TFloat32>> adapterInput) {
    this.task = task;
    this.config = config;
    this.merged = merged;
    this.adapterInput = adapterInput;
  }

  /** Computes the adapter beside the projection, as training and the reference do. */
  public static TaskLora beside(Task task, LoraConfig config) {
    return new TaskLora(task, config, false, UnaryOperator.identity());
  }

  /** Uses the projection that {@link #mergedName} names, into which the adapter was added. */
  public static TaskLora merged(Task task, LoraConfig config) {
    return new TaskLora(task, config, true, UnaryOperator.identity());
  }

  /** The same with an operation on the adapter's input alone, such as dropout in training. */
  public TaskLora withAdapterInput(UnaryOperator<Operand<TFloat32>> operation) {
    return new TaskLora(task, config, merged, operation);
  }

  public Task task() {
    return task;
  }

  /** Name, beside {@code weight}, of a projection with the task's adapter added. */
  public static String mergedName(Task task) {
    return task.key() + "_merged.weight";
  }

  /** Name of the adapter's first matrix {@code [rank, in]}. */
  public static String downName(Task task) {
    return task.key() + "_lora_A0.weight";
  }

  /** Name of the adapter's second matrix {@code [out, rank]}. */
  public static String upName(Task task) {
    return task.key() + "_lora_B0.weight";
  }

  /**
   * @param projection the context of {@code in_proj}
   * @param u {@code [..., in]}
   * @return {@code [..., out]}
   */
  Operand<TFloat32> project(BlockContext projection, Operand<TFloat32> u) {
    if (merged) {
      return projection.linear(u, mergedName(task));
    }
    Ops tf = projection.tf();
    Operand<TFloat32> inner = projection.linear(adapterInput.apply(u), downName(task));
    Operand<TFloat32> adapter = projection.linear(inner, upName(task));
    return tf.math.add(
        projection.linear(u, "weight"), tf.math.mul(adapter, tf.constant(config.scaling())));
  }
}
