package org.omnimamba.model.graph.mamba;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LoraConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A projection with the adapter of one task: {@code W u + scaling * B (A u)} (paper section 3.3).
 * Every layer has an adapter per task; the task chooses one per call, in sequences and single steps
 * alike, or one per row in steps of both tasks.
 */
public final class TaskLora {
  private final List<Adapter> adapters;
  private final LoraConfig config;
  private final boolean merged;
  private final UnaryOperator<Operand<TFloat32>> adapterInput;

  /**
   * One task's adapter.
   *
   * @param rows 1 for the rows of this task, else 0, {@code [batch, 1]}; null if all are
   */
  private record Adapter(Task task, @Nullable Operand<TFloat32> rows) {}

  private TaskLora(
      List<Adapter> adapters,
      LoraConfig config,
      boolean merged,
      UnaryOperator<Operand<TFloat32>> adapterInput) {
    this.adapters = adapters;
    this.config = config;
    this.merged = merged;
    this.adapterInput = adapterInput;
  }

  private static TaskLora of(Task task, LoraConfig config, boolean merged) {
    return new TaskLora(List.of(new Adapter(task, null)), config, merged, UnaryOperator.identity());
  }

  /** Computes the adapter beside the projection, as training and the reference do. */
  public static TaskLora beside(Task task, LoraConfig config) {
    return of(task, config, false);
  }

  /** Uses the projection that {@link #mergedName} names, into which the adapter was added. */
  public static TaskLora merged(Task task, LoraConfig config) {
    return of(task, config, true);
  }

  /**
   * One token of sequences of both tasks: the projection is read once, and each row gets the
   * adapter of its task beside it.
   *
   * @param drawing 1 for rows that draw, 0 for rows that understand, {@code [batch]}
   */
  public static TaskLora mixed(Ops tf, LoraConfig config, Operand<TFloat32> drawing) {
    Operand<TFloat32> t2i = tf.expandDims(drawing, tf.constant(1));
    Operand<TFloat32> mmu = tf.math.sub(tf.constant(1f), t2i);
    return new TaskLora(
        List.of(new Adapter(Task.T2I, t2i), new Adapter(Task.MMU, mmu)),
        config,
        false,
        UnaryOperator.identity());
  }

  /** The projection alone, as in a language model that knows no tasks yet. */
  public static TaskLora none(LoraConfig config) {
    return new TaskLora(List.of(), config, false, UnaryOperator.identity());
  }

  /** The same with an operation on the adapter's input alone, such as dropout in training. */
  public TaskLora withAdapterInput(UnaryOperator<Operand<TFloat32>> operation) {
    return new TaskLora(adapters, config, merged, operation);
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
      return projection.linear(u, mergedName(adapters.get(0).task()));
    }
    Ops tf = projection.tf();
    Operand<TFloat32> in = adapterInput.apply(u);
    Operand<TFloat32> projected = projection.linear(u, "weight");
    for (Adapter adapter : adapters) {
      Operand<TFloat32> inner = projection.linear(in, downName(adapter.task()));
      Operand<TFloat32> rows = adapter.rows();
      Operand<TFloat32> own = rows == null ? inner : tf.math.mul(inner, rows);
      Operand<TFloat32> added = projection.linear(own, upName(adapter.task()));
      projected = tf.math.add(projected, tf.math.mul(added, tf.constant(config.scaling())));
    }
    return projected;
  }
}
