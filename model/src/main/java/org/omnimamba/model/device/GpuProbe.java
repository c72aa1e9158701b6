package org.omnimamba.model.device;

import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Constant;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * Finds out whether TensorFlow has a GPU. Programs place softly, so without one they would run on
 * the CPU in silence.
 */
final class GpuProbe {
  private GpuProbe() {}

  /**
   * Runs a constant on each of the first GPUs.
   *
   * @param config of the program's session: the first session of a process decides how the GPU's
   *     memory is taken
   * @throws NoGpuException if there are fewer
   */
  static void require(ConfigProto config, int gpus) {
    for (int index = 0; index < gpus; index++) {
      try {
        run(config, index);
      } catch (TFInvalidArgumentException e) {
        throw index == 0 ? new NoGpuException(e) : new NoGpuException(gpus, index, e);
      }
    }
  }

  private static void run(ConfigProto config, int index) {
    DeviceSpec gpu =
        DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.GPU).deviceIndex(index).build();
    try (Graph graph = new Graph();
        Session session =
            new Session(graph, config.toBuilder().setAllowSoftPlacement(false).build())) {
      Constant<TFloat32> one = Ops.create(graph).withDevice(gpu).constant(1f);
      try (Result ignored = session.runner().fetch(one).run()) {
        // it ran, so the device is there
      }
    }
  }
}
