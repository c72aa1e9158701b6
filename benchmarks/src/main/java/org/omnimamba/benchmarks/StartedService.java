package org.omnimamba.benchmarks;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.Search;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.omnimamba.benchmarks.figures.Rounding;
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
 * has been compiled and run ({@code warm_s}) and until requests are taken ({@code ready_s}). Then
 * the phases' own durations, as the service measures them: {@code load_phase_s}, {@code
 * warm_up_phase_s} and its parts {@code declare_phase_s}, {@code compile_phase_s} and {@code
 * dry_run_phase_s}. Last {@code function_compile_s}: each function's seconds of the compilation,
 * waiting for others included; they overlap. The report is written whenever something has ended, so
 * that a start that is given up has one too.
 */
public final class StartedService {
  private static final long POLL_MILLIS = 10;

  private static final List<String> PHASES =
      List.of("load", "warm_up", "declare", "compile", "dry_run");

  private final Path file;
  private final MeterRegistry registry;
  private final Engine engine;
  private final Instant begin;
  private final Map<String, Object> report = new LinkedHashMap<>();

  private StartedService(Path file, ConfigurableApplicationContext service, Instant begin) {
    this.file = file;
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
      new StartedService(Path.of(args[0]), service, begin).awaitReady();
    }
  }

  private void awaitReady() throws InterruptedException, IOException {
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
      if (addEnded()) {
        write();
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    mark("ready_s");
    addEnded();
    report.put("compiled_functions", (long) value(registry.find("omnimamba.compiled.functions")));
    report.put("peak_resident_bytes", ProcessMemory.bytes(ProcessHandle.current().pid(), "VmHWM"));
    report.put("device_bytes", (long) value(registry.find("omnimamba.device.bytes")));
    report.put("gpu_used_bytes", GpuMemory.usedBytes());
    write();
  }

  /** Adds phases and functions that have ended; whether there are new ones. */
  private boolean addEnded() {
    boolean added = false;
    for (String phase : PHASES) {
      double seconds = seconds(phase);
      added |=
          !Double.isNaN(seconds)
              && report.put(phase + "_phase_s", Rounding.hundredths(seconds)) == null;
    }
    Map<String, Double> functions = new LinkedHashMap<>();
    registry.find("omnimamba.function.compile.seconds").gauges().stream()
        .sorted(Comparator.comparingDouble(Gauge::value).reversed())
        .forEach(
            gauge ->
                functions.put(
                    String.valueOf(gauge.getId().getTag("function")),
                    Rounding.hundredths(gauge.value())));
    return added | !functions.equals(report.put("function_compile_s", functions));
  }

  /** Whoever reads the file finds a whole report. */
  private void write() throws IOException {
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(whole, JsonMapper.shared().writeValueAsString(report));
    Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
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
