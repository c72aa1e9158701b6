package org.omnimamba.model.device;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Output;

/** A function on every device of a program, each over its own copy of the variables. */
public final class ReplicatedFunction {
  private final List<CompiledFunction> copies;
  private final List<TensorSpec> outputs;

  ReplicatedFunction(List<CompiledFunction> copies, List<TensorSpec> outputs) {
    this.copies = List.copyOf(copies);
    this.outputs = List.copyOf(outputs);
  }

  /** The function on the device of this number. */
  public CompiledFunction on(int device) {
    return copies.get(device);
  }

  /**
   * An output, for functions that take it from this one without a way over the host. It is there
   * when both are called together, see {@link DeviceProgram#runTogether}.
   */
  public ReplicatedValue output(int index) {
    List<Output<?>> values = new ArrayList<>();
    copies.forEach(copy -> values.add(copy.output(index)));
    return new ReplicatedValue(outputs.get(index), values);
  }
}
