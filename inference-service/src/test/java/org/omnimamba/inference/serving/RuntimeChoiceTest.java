package org.omnimamba.inference.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.InferenceProperties;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.device.ExecutionOptions.Device;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.StateStorage;
import org.omnimamba.model.runtime.StepKernels;
import org.omnimamba.model.weights.WeightLayout;
import org.omnimamba.model.weights.WeightStorage;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class RuntimeChoiceTest {
  private static final RuntimeOptions EXACT_ON_CPU =
      RuntimeOptions.cpu().withSlots(8).withExecution(new ExecutionOptions(Device.CPU, false, 0));

  @Test
  void withoutAnySettingItIsExactOnACpuAndFastOnAGpu() {
    assertThat(choice(false).options()).isEqualTo(EXACT_ON_CPU);
    assertThat(choice(true).options()).isEqualTo(RuntimeOptions.gpu());
    assertThat(choice(true).options().kernels()).isEqualTo(StepKernels.TRITON);
  }

  @Test
  void aDeviceThatIsNamedIsTakenWhateverIsThere() {
    assertThat(choice(true, "runtime.device", "cpu").options()).isEqualTo(EXACT_ON_CPU);
    assertThat(choice(false, "runtime.device", "gpu").options()).isEqualTo(RuntimeOptions.gpu());
  }

  @Test
  void aProfileChangesWhatTheDeviceCan() {
    assertThat(choice(false, "runtime.profile", "fast").options())
        .isEqualTo(EXACT_ON_CPU.withExecution(new ExecutionOptions(Device.CPU, true, 0)));
    RuntimeOptions exact = choice(true, "runtime.profile", "exact").options();
    assertThat(exact)
        .isEqualTo(EXACT_ON_CPU.withExecution(new ExecutionOptions(Device.GPU, true, 0)));
    assertThat(exact.kernels()).isEqualTo(StepKernels.XLA);
  }

  @Test
  void weightsInInt8StaySoWhereStepsReadThemAsTheyAreStored() {
    assertThat(int8("runtime.profile", "fast").storage()).isEqualTo(WeightStorage.INT8);
    assertThat(int8("runtime.profile", "fast", "runtime.storage", "bf16").storage())
        .isEqualTo(WeightStorage.BF16);
    // op by op each product would widen them again
    assertThat(int8()).isEqualTo(EXACT_ON_CPU);
    assertThat(int8("runtime.device", "gpu")).isEqualTo(RuntimeOptions.gpu());
  }

  private static RuntimeOptions int8(String... settings) {
    return choice(false, true, settings).options();
  }

  @Test
  void singleSettingsWinOverTheProfile() {
    RuntimeOptions options =
        choice(
                true,
                "engine.slots",
                "5",
                "runtime.compile",
                "false",
                "runtime.threads",
                "3",
                "runtime.storage",
                "f32",
                "runtime.layout",
                "separate",
                "runtime.precision",
                "float32",
                "runtime.merge-lora",
                "true",
                "runtime.handwritten-kernels",
                "false",
                "runtime.state",
                "f32")
            .options();
    assertThat(options)
        .isEqualTo(
            new RuntimeOptions(
                5,
                new ExecutionOptions(Device.GPU, false, 3),
                WeightStorage.F32,
                WeightLayout.SEPARATE,
                Precision.FLOAT32,
                true,
                false,
                StateStorage.F32));
  }

  @Test
  void oneLineSaysWhatWasChosenAndWhy() {
    assertThat(choice(false).reason())
        .contains("CPU (as TensorFlow has no GPU)", "exact (the default there)", "8 slots")
        .doesNotContain("\n", "one by one");
    assertThat(choice(true, "runtime.profile", "fast", "engine.slots", "4").reason())
        .contains("GPU (which TensorFlow has)", "fast (as it is set)", "4 slots")
        .contains("set one by one: slots");
  }

  /** The choice where there is a GPU or none, with settings as name and value in turn. */
  private static RuntimeChoice choice(boolean gpu, String... settings) {
    return choice(gpu, false, settings);
  }

  private static RuntimeChoice choice(boolean gpu, boolean int8, String... settings) {
    Map<String, Object> all = new java.util.HashMap<>(Map.of("omnimamba.inference.model", "x"));
    for (int i = 0; i < settings.length; i += 2) {
      all.put("omnimamba.inference." + settings[i], settings[i + 1]);
    }
    InferenceProperties properties =
        new Binder(new MapConfigurationPropertySource(all))
            .bind("omnimamba.inference", InferenceProperties.class)
            .get();
    return RuntimeChoice.of(
        properties.runtime(), properties.engine().slots(), () -> gpu, () -> int8);
  }
}
