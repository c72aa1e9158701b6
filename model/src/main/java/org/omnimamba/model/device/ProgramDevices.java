package org.omnimamba.model.device;

import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;

/**
 * The devices of a program as TensorFlow knows them.
 *
 * @param count of devices that hold copies of the variables
 */
record ProgramDevices(ExecutionOptions.Device kind, int count) {

  static ProgramDevices of(ExecutionOptions options) {
    return new ProgramDevices(options.device(), options.devices());
  }

  /** For operations on one device. Where there is one only, TensorFlow finds it by itself. */
  Scope scope(Graph graph, int index) {
    return count == 1 ? graph.baseScope() : graph.baseScope().withDevice(spec(index));
  }

  /** {@link #scope} with TensorFlow's operations. */
  Ops ops(Graph graph, int index) {
    return count == 1 ? Ops.create(graph) : Ops.create(graph).withDevice(spec(index));
  }

  /** What something is called on one device. */
  String named(String name, int index) {
    return index == 0 ? name : name + "-device" + index;
  }

  private DeviceSpec spec(int index) {
    return DeviceSpec.newBuilder()
        .deviceType(
            kind == ExecutionOptions.Device.GPU
                ? DeviceSpec.DeviceType.GPU
                : DeviceSpec.DeviceType.CPU)
        .deviceIndex(index)
        .build();
  }
}
