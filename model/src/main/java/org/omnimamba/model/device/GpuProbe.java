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
  private static final DeviceSpec FIRST_GPU =
      DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.GPU).deviceIndex(0).build();

  private GpuProbe() {}

  /**
   * Runs a constant on the first GPU.
   *
   * @param config of the program's session: the first session of a process decides how the GPU's
   *     memory is taken
   * @throws NoGpuException if there is no such device
   */
  static void require(ConfigProto config) {
    try (Graph graph = new Graph();
        Session session =
            new Session(graph, config.toBuilder().setAllowSoftPlacement(false).build())) {
      Constant<TFloat32> one = Ops.create(graph).withDevice(FIRST_GPU).constant(1f);
      try (Result ignored = session.runner().fetch(one).run()) {
        // it ran, so the device is there
      }
    } catch (TFInvalidArgumentException e) {
      throw new NoGpuException(e);
    }
  }
}
