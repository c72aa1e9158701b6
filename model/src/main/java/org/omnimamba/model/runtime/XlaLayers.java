package org.omnimamba.model.runtime;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.graph.Backbone;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Layers made of operations that XLA fuses. */
final class XlaLayers implements WindowLayers {
  private final FunctionScope scope;
  private final StateSlots slots;
  private final WindowInputs.Operands inputs;
  private final StepTasks tasks;
  private @Nullable WindowStates states;

  XlaLayers(FunctionScope scope, StateSlots slots, WindowInputs.Operands inputs, StepTasks tasks) {
    this.scope = scope;
    this.slots = slots;
    this.inputs = inputs;
    this.tasks = tasks;
  }

  @Override
  public Operand<TFloat32> apply(
      BlockContext context, Operand<TFloat32> embeddings, Operand<TInt64> positions) {
    states =
        states == null
            ? new WindowStates(scope, slots, inputs.first(), positions, inputs.active())
            : states.after(positions);
    return new Backbone(context, slots.config(), tasks.lora())
        .step(embeddings, inputs.active(), states);
  }

  @Override
  public void store() {
    if (states != null) {
      states.store();
    }
  }
}
