package org.omnimamba.inference.serving;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.omnimamba.model.runtime.OmniMamba;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the last start went. As Prometheus shows it: {@code omnimamba_start_seconds} by {@code phase}
 * ({@code load}: weights on the device; {@code warm_up}: every function compiled and run once),
 * {@code omnimamba_device_bytes} (weights and states) and {@code omnimamba_compiled_functions}.
 * Nothing is told of a phase before it has ended.
 */
final class StartMeters {
  private static final Logger log = LoggerFactory.getLogger(StartMeters.class);

  private volatile double loadSeconds = Double.NaN;
  private volatile double warmUpSeconds = Double.NaN;
  private volatile double deviceBytes = Double.NaN;
  private volatile double compiledFunctions = Double.NaN;

  StartMeters(MeterRegistry registry) {
    String name = "omnimamba.start.seconds";
    gauge(name, "Duration of a phase of the start", () -> loadSeconds)
        .tag("phase", "load")
        .register(registry);
    gauge(name, "Duration of a phase of the start", () -> warmUpSeconds)
        .tag("phase", "warm_up")
        .register(registry);
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
    loadSeconds = seconds(nanos);
    log.info("Loaded {} bytes onto the device in {} ms", model.deviceBytes(), millis(nanos));
  }

  void warm(OmniMamba model, long nanos) {
    compiledFunctions = model.compiledFunctions();
    warmUpSeconds = seconds(nanos);
    log.info("Compiled {} functions in {} ms", model.compiledFunctions(), millis(nanos));
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
