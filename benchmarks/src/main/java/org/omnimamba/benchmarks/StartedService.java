package org.omnimamba.benchmarks;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.Search;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.omnimamba.inference.InferenceServiceApplication;
import org.omnimamba.inference.engine.Engine;
import org.omnimamba.inference.engine.EngineState;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/**
 * The child of {@link StartupBenchmark}: the inference service, until it is ready. Arguments: the
 * file for the report, then the service's.
 *
 * <p>The report counts seconds from the start of the process until the port is open ({@code
 * port_open_s}), until weights and states are on the device ({@code loaded_s}), until every bucket
 * has been compiled and run ({@code warm_s}) and until requests are taken ({@code ready_s}).
 */
public final class StartedService {
  private static final long POLL_MILLIS = 10;

  private final MeterRegistry registry;
  private final Engine engine;
  private final Instant begin;
  private final Map<String, Object> report = new LinkedHashMap<>();

  private StartedService(ConfigurableApplicationContext service, Instant begin) {
    this.registry = service.getBean(MeterRegistry.class);
    this.engine = service.getBean(Engine.class);
    this.begin = begin;
  }

  public static void main(String[] args) throws Exception {
    Instant begin = ProcessHandle.current().info().startInstant().orElseThrow();
    String[] settings = Arrays.copyOfRange(args, 1, args.length + 3);
    settings[args.length - 1] = "--server.port=0";
    settings[args.length] = "--management.server.port=0";
    settings[args.length + 1] = "--omnimamba.internal-token=startup-token-on-loopback";
    try (ConfigurableApplicationContext service =
        InferenceServiceApplication.builder().run(settings)) {
      Map<String, Object> report = new StartedService(service, begin).awaitReady();
      Files.writeString(Path.of(args[0]), JsonMapper.shared().writeValueAsString(report));
    }
  }

  private Map<String, Object> awaitReady() throws InterruptedException, IOException {
    mark("port_open_s");
    while (!engine.ready()) {
      if (engine.state() == EngineState.LOAD_FAILED) {
        throw new IllegalStateException("the model cannot be used");
      }
      if (!Double.isNaN(seconds("load"))) {
        mark("loaded_s");
      }
      if (!Double.isNaN(seconds("warm_up"))) {
        mark("warm_s");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    mark("ready_s");
    report.put("load_phase_s", Rounding.hundredths(seconds("load")));
    report.put("warm_up_phase_s", Rounding.hundredths(seconds("warm_up")));
    report.put("compiled_functions", (long) value(registry.find("omnimamba.compiled.functions")));
    report.put("peak_resident_bytes", ProcessMemory.bytes(ProcessHandle.current().pid(), "VmHWM"));
    report.put("device_bytes", (long) value(registry.find("omnimamba.device.bytes")));
    report.put("gpu_used_bytes", GpuMemory.usedBytes());
    return report;
  }

  /** The first time counts. */
  private void mark(String name) {
    double seconds = Duration.between(begin, Instant.now()).toMillis() / 1e3;
    report.putIfAbsent(name, Rounding.hundredths(seconds));
  }

  private double seconds(String phase) {
    return value(registry.find("omnimamba.start.seconds").tag("phase", phase));
  }

  private static double value(Search search) {
    Gauge gauge = search.gauge();
    return gauge == null ? Double.NaN : gauge.value();
  }
}
