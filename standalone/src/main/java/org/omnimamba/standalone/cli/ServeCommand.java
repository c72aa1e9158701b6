package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.cli.Terminal;
import org.omnimamba.inference.DeviceChoice;
import org.omnimamba.inference.RunProfile;
import org.omnimamba.standalone.OmniMambaHome;
import org.omnimamba.standalone.engines.EngineCounts;
import org.omnimamba.standalone.engines.EngineDevice;
import org.omnimamba.standalone.server.Platform;
import org.omnimamba.standalone.server.Readiness;
import org.omnimamba.standalone.server.StandaloneOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code omnimamba serve}: the whole platform, until it is interrupted. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description =
        "Serves a model: gateway, inference and jobs. On several GPUs each has an engine.")
final class ServeCommand implements Callable<Integer> {
  private static final String RUNTIME = "omnimamba.inference.runtime.";
  private static final String DEVICE = RUNTIME + "device";
  private static final Duration OTHERS = Duration.ofMinutes(1);
  private static final Duration LOOK = Duration.ofMillis(200);

  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Port of the gateway, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--address",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address to listen on; 0.0.0.0 lets other machines in (default: ${DEFAULT-VALUE}).")
  private String address = "127.0.0.1";

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description =
          "auto, cpu or gpu. auto takes GPUs where TensorFlow has them (default:"
              + " ${DEFAULT-VALUE}).")
  private DeviceChoice device = DeviceChoice.AUTO;

  @Option(
      names = "--devices",
      paramLabel = "N,N...",
      description =
          "The GPUs to use, one engine on each, by the numbers that CUDA gives the visible ones,"
              + " such as 0,1; or all, the default. With --device cpu as many engines on the CPU;"
              + " by default one.")
  private @Nullable String devices;

  @Option(
      names = "--profile",
      paramLabel = "PROFILE",
      description =
          "exact: the reference's numbers, in float32. fast: the speed of the device."
              + " Default: fast on a GPU, exact on a CPU.")
  private @Nullable RunProfile profile;

  @Option(
      names = "--verbose",
      description = "Log everything on standard error, in place of a file.")
  private boolean verbose;

  @Option(
      names = "--set",
      paramLabel = "SETTING=VALUE",
      description =
          "Any setting of the services by its full name, such as"
              + " omnimamba.inference.engine.slots=4; of one service after its name, such as"
              + " gateway:management.server.port=9080.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (port < 0 || port > 65_535) {
      throw new ParameterException(spec.commandLine(), "--port must be 0 to 65535, is " + port);
    }
    List<EngineDevice> engines = engines();
    PrintWriter err = spec.commandLine().getErr();
    Path directory = model.locate(err);
    OmniMambaHome home = OmniMambaHome.fromEnvironment();
    AtomicBoolean stopping = new AtomicBoolean();
    CountDownLatch stopped = new CountDownLatch(1);
    StandaloneOptions options = options(directory, engines);
    ListenAddress.check(address, port);
    @Nullable Path log = verbose ? null : ServeLog.to(home);
    Progress progress = new Progress(err, Terminal.isThere());
    Platform platform = Platform.create(home, options);
    // before anything starts, so that a signal during the start leaves nothing running
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stopping.set(true);
                  progress.done();
                  err.println("omnimamba: stopping");
                  platform.close();
                  stopped.countDown();
                },
                "shutdown"));
    try {
      platform.start(step -> progress.doing("starting " + step));
    } catch (IOException | RuntimeException e) {
      progress.done();
      if (stopping.get()) {
        stopped.await();
        return 0;
      }
      throw e;
    }
    Readiness.await(
        platform.inferenceReadinessUrl(),
        () -> {
          progress.doing(platform.progress());
          requireHope(platform.engines(), progress, log);
        });
    awaitOtherEngines(platform, progress);
    progress.done();
    announce(spec.commandLine().getOut(), platform, log);
    stopped.await();
    return 0;
  }

  private List<EngineDevice> engines() throws IOException, InterruptedException {
    try {
      return EngineDevices.choose(device(), devices);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** The kind of device, of which a single setting has the last word. */
  private DeviceChoice device() {
    String set =
        settings.getOrDefault("inference:" + DEVICE, settings.getOrDefault(DEVICE, device.name()));
    return EnumSet.allOf(DeviceChoice.class).stream()
        .filter(choice -> choice.name().equalsIgnoreCase(set))
        .findFirst()
        .orElse(device);
  }

  /** An engine that fails later is started again; where none ever worked that is no help. */
  private static void requireHope(
      @Nullable EngineCounts engines, Progress progress, @Nullable Path log) {
    if (engines != null && engines.ready() == 0 && engines.starting() == 0) {
      progress.done();
      throw new Failure(
          "none of the %d engines became ready; why is said %s"
              .formatted(engines.all(), log == null ? "above" : "in " + log));
    }
  }

  /** One engine serves already; the others usually follow at once, and may also never come. */
  private static void awaitOtherEngines(Platform platform, Progress progress)
      throws InterruptedException {
    long until = System.nanoTime() + OTHERS.toNanos();
    EngineCounts engines = platform.engines();
    while (engines != null && engines.starting() > 0 && System.nanoTime() < until) {
      progress.doing(platform.progress());
      Thread.sleep(LOOK.toMillis());
      engines = platform.engines();
    }
  }

  private StandaloneOptions options(Path directory, List<EngineDevice> engines) {
    try {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put(DEVICE, device.name());
      if (profile != null) {
        all.put(RUNTIME + "profile", profile.name());
      }
      all.putAll(settings);
      return new StandaloneOptions(directory, port, address, all, engines);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--set " + e.getMessage(), e);
    }
  }

  private static void announce(PrintWriter out, Platform platform, @Nullable Path log) {
    Path key = platform.keys().apiKeyFile();
    out.printf("OmniMamba is ready at %s (open it in a browser)%n", platform.url());
    EngineCounts engines = platform.engines();
    if (engines != null) {
      out.printf("  Engines: %d of %d are ready%n", engines.ready(), engines.all());
    }
    out.printf("  API key: in %s%n", key);
    out.printf("  Metrics: %s%n", platform.metricsUrl());
    if (log != null) {
      out.printf("  Log:     %s (--verbose logs here)%n", log);
    }
    out.printf(
        "  Try:     curl -H \"Authorization: Bearer $(cat %s)\" %s/v1/models%n",
        key, platform.url());
    out.printf("  Stop:    Ctrl-C%n");
  }
}
