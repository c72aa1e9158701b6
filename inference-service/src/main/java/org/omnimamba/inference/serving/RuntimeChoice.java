package org.omnimamba.inference.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.DeviceChoice;
import org.omnimamba.inference.InferenceProperties.RuntimeProperties;
import org.omnimamba.inference.RunProfile;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.device.ExecutionOptions.Device;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.weights.WeightStorage;

/**
 * How the model is run on the device that is there.
 *
 * @param options what the profile chooses for the device, and what single settings change of that;
 *     its slots are those of sequences
 * @param reason all of it in one line, for the log
 */
record RuntimeChoice(RuntimeOptions options, String reason) {
  /** On a CPU more sequences at once only wait for one another. */
  private static final int SLOTS_ON_CPU = 8;

  /**
   * Chooses.
   *
   * @param slots sequences that run together, or null for the profile's number
   * @param hasGpu whether TensorFlow has a GPU; asked only where that decides
   * @param hasInt8 whether the model directory has weights in int8; asked only where that decides
   */
  static RuntimeChoice of(
      RuntimeProperties settings,
      @Nullable Integer slots,
      BooleanSupplier hasGpu,
      BooleanSupplier hasInt8) {
    Device device =
        switch (settings.device()) {
          case CPU -> Device.CPU;
          case GPU -> Device.GPU;
          case AUTO -> hasGpu.getAsBoolean() ? Device.GPU : Device.CPU;
        };
    RunProfile profile = settings.profile();
    if (profile == null) {
      profile = device == Device.GPU ? RunProfile.FAST : RunProfile.EXACT;
    }
    Overrides overrides = new Overrides(defaults(device, profile));
    overrides.apply("slots", slots, RuntimeOptions::withSlots);
    overrides.apply(
        "compile",
        settings.compile(),
        (options, value) -> options.withExecution(options.execution().withCompile(value)));
    overrides.apply("storage", settings.storage(), RuntimeOptions::withStorage);
    if (settings.storage() == null && overrides.streams() && hasInt8.getAsBoolean()) {
      overrides.options = overrides.options.withStorage(WeightStorage.INT8);
    }
    overrides.apply("layout", settings.layout(), RuntimeOptions::withLayout);
    overrides.apply("precision", settings.precision(), RuntimeOptions::withPrecision);
    overrides.apply("merge-lora", settings.mergeLora(), RuntimeOptions::withMergedLora);
    overrides.apply(
        "handwritten-kernels", settings.handwrittenKernels(), RuntimeOptions::withHandwritten);
    overrides.apply("state", settings.state(), RuntimeOptions::withState);
    RuntimeOptions options =
        overrides.options.withExecution(
            overrides.options.execution().withThreads(settings.threads()));
    return new RuntimeChoice(
        options, describe(settings, device, profile, options, overrides.names));
  }

  private static RuntimeOptions defaults(Device device, RunProfile profile) {
    if (device == Device.GPU && profile == RunProfile.FAST) {
      return RuntimeOptions.gpu();
    }
    // a GPU is always worth compiling for; on a CPU it takes longer to start and then steps faster
    boolean compile = device == Device.GPU || profile == RunProfile.FAST;
    return RuntimeOptions.cpu()
        .withSlots(SLOTS_ON_CPU)
        .withExecution(new ExecutionOptions(device, compile, 0));
  }

  private static String describe(
      RuntimeProperties settings,
      Device device,
      RunProfile profile,
      RuntimeOptions options,
      List<String> set) {
    String found =
        settings.device() != DeviceChoice.AUTO
            ? "as it is set"
            : device == Device.GPU ? "which TensorFlow has" : "as TensorFlow has no GPU";
    return "The model runs on the %s (%s), profile %s (%s): weights %s %s, products %s, states %s, %s, %s, %d slots%s"
        .formatted(
            device,
            found,
            lower(profile),
            settings.profile() == null ? "the default there" : "as it is set",
            options.storage(),
            lower(options.layout()),
            options.precision(),
            options.state(),
            options.execution().compile() ? "compiled" : "not compiled",
            "kernels of " + options.kernels(),
            options.slots(),
            set.isEmpty() ? "" : "; set one by one: " + String.join(", ", set));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Options with single settings put over them, whose names it keeps. */
  private static final class Overrides {
    private RuntimeOptions options;
    private final List<String> names = new ArrayList<>();

    Overrides(RuntimeOptions options) {
      this.options = options;
    }

    /** Whether steps read weights as they are stored, which loses nothing and saves traffic. */
    boolean streams() {
      ExecutionOptions execution = options.execution();
      return execution.device() == Device.CPU && execution.compile();
    }

    <T> void apply(
        String name, @Nullable T value, BiFunction<RuntimeOptions, T, RuntimeOptions> change) {
      if (value != null) {
        options = change.apply(options, value);
        names.add(name);
      }
    }
  }
}
