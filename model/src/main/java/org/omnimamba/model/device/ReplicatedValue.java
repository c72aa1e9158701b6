package org.omnimamba.model.device;

import java.util.Collections;
import java.util.List;
import org.tensorflow.Output;

/** A value inside a program that each of its devices has, or is sent. */
public final class ReplicatedValue {
  private final TensorSpec spec;
  private final List<Output<?>> outputs;

  ReplicatedValue(TensorSpec spec, List<Output<?>> outputs) {
    this.spec = spec;
    this.outputs = List.copyOf(outputs);
  }

  /** The first device's value for all of them; the others are not computed for it. */
  public ReplicatedValue ofFirstDevice() {
    return new ReplicatedValue(spec, Collections.nCopies(outputs.size(), outputs.get(0)));
  }

  TensorSpec spec() {
    return spec;
  }

  /** What the device of this number gets. */
  Output<?> on(int device) {
    return outputs.get(device);
  }
}
