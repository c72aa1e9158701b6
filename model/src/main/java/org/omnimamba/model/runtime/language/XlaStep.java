package org.omnimamba.model.runtime.language;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.mamba.Backbone;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** A step made of operations that XLA fuses. */
final class XlaStep implements WindowStep {
  private final FunctionScope scope;
  private final BlockContext context;
  private final StateTable table;
  private final WindowInputs.Operands inputs;
  private final StepTasks tasks;
  private @Nullable TableWindow states;

  /**
   * @param context of the backbone
   */
  XlaStep(
      FunctionScope scope,
      BlockContext context,
      StateTable table,
      WindowInputs.Operands inputs,
      StepTasks tasks) {
    this.scope = scope;
    this.context = context;
    this.table = table;
    this.inputs = inputs;
    this.tasks = tasks;
  }

  @Override
  public Result apply(Operand<TInt64> tokens, Operand<TInt64> positions, int index) {
    states =
        states == null
            ? new TableWindow(scope, table, inputs.first(), positions, inputs.active())
            : states.after(positions);
    Ops tf = scope.tf();
    Operand<TFloat32> embedded =
        tasks.embed(context, tf.math.maximum(tokens, tf.constant(0L)), positions);
    Operand<TFloat32> hidden =
        new Backbone(context, table.config(), tasks.lora()).step(embedded, inputs.active(), states);
    List<Operand<TFloat32>> logits = tasks.logits(context, hidden);
    return new Result(tasks.draw(logits, inputs.temperatures(), inputs.uniforms(index)), logits);
  }

  @Override
  public void store() {
    if (states != null) {
      states.store();
    }
  }
}
