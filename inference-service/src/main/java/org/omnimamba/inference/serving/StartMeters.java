package org.omnimamba.inference.serving;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.device.CompileTimes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the last start went. As Prometheus shows it: {@code omnimamba_start_seconds} by {@code phase}
 * ({@code load}: weights on the device; {@code warm_up}: every function compiled and run once, of
 * which {@code declare}: their graphs built, {@code compile}: compiled side by side, {@code
 * dry_run}: called as requests will), {@code omnimamba_device_bytes} (weights and states), {@code
 * omnimamba_compiled_functions} and, of each of them, {@code omnimamba_function_compile_seconds}.
 * Nothing is told of a phase before it has ended.
 */
final class StartMeters {
  private static final Logger log = LoggerFactory.getLogger(StartMeters.class);

  /** As the meters call them. */
  private enum Phase {
    LOAD,
    WARM_UP,
    DECLARE,
    COMPILE,
    DRY_RUN
  }

  private final MeterRegistry registry;
  private final Map<Phase, Double> seconds = new ConcurrentHashMap<>();
  private volatile double deviceBytes = Double.NaN;
  private volatile double compiledFunctions = Double.NaN;

  StartMeters(MeterRegistry registry) {
    this.registry = registry;
    for (Phase phase : Phase.values()) {
      gauge(
              "omnimamba.start.seconds",
              "Duration of a phase of the start",
              () -> seconds.getOrDefault(phase, Double.NaN))
          .tag("phase", phase.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    gauge("omnimamba.device.bytes", "Weights and states on the device", () -> deviceBytes)
        .register(registry);
    gauge("omnimamba.compiled.functions", "Functions compiled", () -> compiledFunctions)
        .register(registry);
  }

  private static Gauge.Builder<Supplier<Number>> gauge(
      String name, String description, Supplier<Number> value) {
    return Gauge.builder(name, value).description(description);
  }

  void loaded(OmniMamba model, long nanos) {
    deviceBytes = model.deviceBytes();
    ended(Phase.LOAD, nanos);
    log.info("Loaded {} bytes onto the device in {} ms", model.deviceBytes(), millis(nanos));
  }

  /** A function was compiled. Called by several threads. */
  void compiled(String function, long nanos) {
    double taken = nanos / 1e9;
    gauge(
            "omnimamba.function.compile.seconds",
            "Time until a function was compiled and had run",
            () -> taken)
        .tag("function", function)
        .strongReference(true)
        .register(registry);
    log.debug("Compiled {} in {} ms", function, millis(nanos));
  }

  /** All functions were compiled. */
  void compiled(CompileTimes times) {
    ended(Phase.DECLARE, times.declareNanos());
    ended(Phase.COMPILE, times.compileNanos());
  }

  void warm(OmniMamba model, long dryRunNanos, long nanos) {
    compiledFunctions = model.compiledFunctions();
    ended(Phase.DRY_RUN, dryRunNanos);
    ended(Phase.WARM_UP, nanos);
    log.info(
        "Compiled {} functions in {} ms (s: graphs {}, compilation {}, calls {})",
        model.compiledFunctions(),
        millis(nanos),
        seconds.get(Phase.DECLARE),
        seconds.get(Phase.COMPILE),
        seconds.get(Phase.DRY_RUN));
  }

  /** What requests need has run once; nothing was compiled. */
  void warm(long nanos) {
    ended(Phase.DRY_RUN, nanos);
    ended(Phase.WARM_UP, nanos);
    log.info("Called one function of each kind in {} ms", millis(nanos));
  }

  private void ended(Phase phase, long nanos) {
    seconds.put(phase, nanos / 1e9);
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
