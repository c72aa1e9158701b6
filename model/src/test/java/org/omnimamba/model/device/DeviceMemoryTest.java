package org.omnimamba.model.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.omnimamba.model.testing.TestDevice;
import org.tensorflow.proto.ConfigProto;

class DeviceMemoryTest {
  @Test
  void tellsOfDevicesThatAreThere() {
    ConfigProto config = ConfigProto.newBuilder().putDeviceCount("GPU", 0).build();
    assertThat(DeviceMemory.bytes("CPU", config)).isPositive();
    assertThat(DeviceMemory.bytes("GPU", config)).isZero();
  }

  @Test
  void aGpusMemoryNeedsAGpu() {
    if (TestDevice.isGpu()) {
      assertThat(DeviceProgram.gpuMemoryBytes(0)).isGreaterThan(1L << 30);
    } else {
      assertThatThrownBy(() -> DeviceProgram.gpuMemoryBytes(0)).isInstanceOf(NoGpuException.class);
    }
  }
}
