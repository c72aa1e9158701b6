package org.omnimamba.model.device;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.ConfigProto;

/** How much memory TensorFlow's devices have, which only its C API tells. */
final class DeviceMemory {
  private DeviceMemory() {}

  /**
   * Memory of the first device of a type.
   *
   * @param type as TensorFlow calls it, such as {@code GPU}
   * @param config of the program's session: the first session of a process decides how the memory
   *     is taken
   * @return bytes that TensorFlow may take of it; 0 if there is no such device
   * @throws IllegalStateException if TensorFlow does not say
   */
  static long bytes(String type, ConfigProto config) {
    byte[] settings = config.toByteArray();
    try (PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      TF_SessionOptions options = TF_SessionOptions.newSessionOptions();
      tensorflow.TF_SetConfig(options, new BytePointer(settings), settings.length, status);
      require(status);
      TF_Session session = TF_Session.newSession(TF_Graph.newGraph(), options, status);
      require(status);
      TF_DeviceList devices = tensorflow.TF_SessionListDevices(session, status);
      require(status);
      try {
        return first(devices, type, status);
      } finally {
        tensorflow.TF_DeleteDeviceList(devices);
      }
    }
  }

  private static long first(TF_DeviceList devices, String type, TF_Status status) {
    for (int i = 0; i < tensorflow.TF_DeviceListCount(devices); i++) {
      String found = tensorflow.TF_DeviceListType(devices, i, status).getString();
      require(status);
      if (found.equals(type)) {
        long bytes = tensorflow.TF_DeviceListMemoryBytes(devices, i, status);
        require(status);
        return bytes;
      }
    }
    return 0;
  }

  private static void require(TF_Status status) {
    if (tensorflow.TF_GetCode(status) != tensorflow.TF_OK) {
      throw new IllegalStateException(
          "TensorFlow does not tell its devices: " + tensorflow.TF_Message(status).getString());
    }
  }
}
