package org.omnimamba.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.DeviceChoice;
import org.omnimamba.standalone.engines.EngineDevice;
import org.omnimamba.standalone.engines.GpuCheck;
import org.omnimamba.standalone.engines.VisibleGpus;

/** Which devices get an engine in a process of its own. */
class EngineDevicesTest {
  private static final VisibleGpus NONE = new VisibleGpus(List.of());
  private static final VisibleGpus ONE = new VisibleGpus(List.of("0"));
  private static final VisibleGpus THREE = new VisibleGpus(List.of("5", "GPU-x", "1"));

  @Test
  void allGpusWhereThereAreSeveral() throws Exception {
    assertThat(choose(DeviceChoice.GPU, null, THREE))
        .containsExactly(
            new EngineDevice(0, "5"), new EngineDevice(1, "GPU-x"), new EngineDevice(2, "1"));
    assertThat(choose(DeviceChoice.GPU, "ALL", THREE)).hasSize(3);
    assertThat(choose(DeviceChoice.AUTO, null, THREE)).hasSize(3);
  }

  @Test
  void thoseThatAreNamedInThatOrder() throws Exception {
    assertThat(choose(DeviceChoice.GPU, "2, 0", THREE))
        .containsExactly(new EngineDevice(2, "1"), new EngineDevice(0, "5"));
    assertThat(choose(DeviceChoice.AUTO, "1", THREE))
        .as("the others must not be touched")
        .containsExactly(new EngineDevice(1, "GPU-x"));
  }

  @Test
  void oneDeviceIsServedInThisProcess() throws Exception {
    assertThat(choose(DeviceChoice.GPU, null, ONE)).isEmpty();
    assertThat(choose(DeviceChoice.GPU, "0", ONE)).isEmpty();
    assertThat(choose(DeviceChoice.GPU, null, NONE)).isEmpty();
    assertThat(choose(DeviceChoice.AUTO, null, NONE)).isEmpty();
    assertThat(choose(DeviceChoice.CPU, null, NONE)).isEmpty();
    assertThat(choose(DeviceChoice.CPU, "all", NONE)).isEmpty();
    assertThat(choose(DeviceChoice.CPU, "0", NONE)).isEmpty();
  }

  @Test
  void severalEnginesOnTheCpu() throws Exception {
    assertThat(choose(DeviceChoice.CPU, "0,1", NONE))
        .containsExactly(EngineDevice.cpu(0), EngineDevice.cpu(1));
  }

  @Test
  void withoutAWordTensorFlowDecides() throws Exception {
    assertThat(EngineDevices.choose(DeviceChoice.AUTO, null, THREE, gpu -> false)).isEmpty();
    assertThat(EngineDevices.choose(DeviceChoice.GPU, null, THREE, gpu -> false)).hasSize(3);
    assertThat(EngineDevices.choose(DeviceChoice.AUTO, "0,1", THREE, gpu -> false)).hasSize(2);
  }

  @Test
  void tensorFlowIsAskedInAProcessOfItsOwn() throws Exception {
    // such a GPU there is nowhere
    assertThat(GpuCheck.works(new EngineDevice(0, "GPU-none"))).isFalse();
  }

  @Test
  void whatIsNoDeviceIsRefusedWithThoseThereAre() {
    assertRefused(DeviceChoice.GPU, "0,3", THREE, "there is no 3; visible are 0 to 2");
    assertRefused(DeviceChoice.GPU, "1", ONE, "there is no 1; visible is 0 alone");
    assertRefused(DeviceChoice.GPU, "0,one", THREE, "'one' is not a number; visible are 0 to 2");
    assertRefused(DeviceChoice.GPU, "0,,1", THREE, "'' is not a number; visible are 0 to 2");
    assertRefused(DeviceChoice.GPU, "-1", THREE, "'-1' is not a number; visible are 0 to 2");
    assertRefused(DeviceChoice.GPU, "1,0,1", THREE, "1 stands there twice; visible are 0 to 2");
    assertRefused(DeviceChoice.AUTO, "0,1", NONE, "none is visible");
    assertRefused(
        DeviceChoice.CPU, "0,16", NONE, "there is no 16; on the CPU there may be 0 to 15");
  }

  private static List<EngineDevice> choose(
      DeviceChoice device, @Nullable String wanted, VisibleGpus gpus) throws Exception {
    return EngineDevices.choose(device, wanted, gpus, gpu -> true);
  }

  private static void assertRefused(
      DeviceChoice device, String wanted, VisibleGpus gpus, String reason) {
    assertThatThrownBy(() -> choose(device, wanted, gpus))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--devices " + wanted)
        .hasMessageContaining(reason);
  }
}
