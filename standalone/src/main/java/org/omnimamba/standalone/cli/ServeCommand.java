package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.omnimamba.standalone.OmniMambaHome;
import org.omnimamba.standalone.server.Platform;
import org.omnimamba.standalone.server.Readiness;
import org.omnimamba.standalone.server.StandaloneOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code omnimamba serve}: the whole platform in one process, until it is interrupted. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Serves a model: gateway, inference and jobs in one process.")
final class ServeCommand implements Callable<Integer> {
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
      names = "--set",
      paramLabel = "SETTING=VALUE",
      description =
          "Any setting of the services by its full name, such as omnimamba.inference.engine.slots=4;"
              + " of one service after its name, such as gateway:management.server.port=9080.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (port < 0 || port > 65_535) {
      throw new ParameterException(spec.commandLine(), "--port must be 0 to 65535, is " + port);
    }
    PrintWriter err = spec.commandLine().getErr();
    Path directory = model.locate(err);
    OmniMambaHome home = OmniMambaHome.fromEnvironment();
    AtomicBoolean stopping = new AtomicBoolean();
    CountDownLatch stopped = new CountDownLatch(1);
    StandaloneOptions options = options(directory);
    ListenAddress.check(address, port);
    Platform platform = Platform.create(home, options);
    // before anything starts, so that a signal during the start leaves nothing running
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stopping.set(true);
                  err.println("omnimamba: stopping");
                  platform.close();
                  stopped.countDown();
                },
                "shutdown"));
    try {
      platform.start();
    } catch (IOException | RuntimeException e) {
      if (stopping.get()) {
        stopped.await();
        return 0;
      }
      throw e;
    }
    err.println("omnimamba: loading " + directory);
    Readiness.await(platform.inferenceReadinessUrl());
    announce(spec.commandLine().getOut(), platform);
    stopped.await();
    return 0;
  }

  private StandaloneOptions options(Path directory) {
    try {
      return new StandaloneOptions(directory, port, address, new LinkedHashMap<>(settings));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--set " + e.getMessage(), e);
    }
  }

  private void announce(PrintWriter out, Platform platform) {
    out.printf("OmniMamba is ready at %s%n", platform.url());
    out.printf("API key: in %s%n", platform.keys().apiKeyFile());
    out.printf("Metrics: %s%n", platform.metricsUrl());
    out.printf(
        "Try: curl -H \"Authorization: Bearer $(cat %s)\" %s/v1/models%n",
        platform.keys().apiKeyFile(), platform.url());
  }
}
