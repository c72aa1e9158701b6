package org.omnimamba.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * One start of the inference service in a JVM like this one: the same Java, options and class path.
 * TensorFlow reads the place of its cache from the environment when it is loaded, hence a new
 * process.
 */
final class ServiceStart {
  private static final String XLA_FLAGS = "TF_XLA_FLAGS";

  private final Path log;
  private final Path result;
  private final Path cache;
  private final String device;
  private final int limitSeconds;

  /**
   * @param directory for files of the process
   * @param cache compiled functions, to be used and filled
   * @param device {@code CPU} or {@code GPU}
   * @param limitSeconds after which the process is ended
   */
  ServiceStart(Path directory, Path cache, String device, int limitSeconds) {
    this.log = directory.resolve("service.log");
    this.result = directory.resolve("result.json");
    this.cache = cache;
    this.device = device;
    this.limitSeconds = limitSeconds;
  }

  /**
   * Starts the service, waits until it is ready and ends it.
   *
   * @param settings of {@code omnimamba.inference}
   * @return what {@link StartedService} reports; if the limit ended it, what it had reported until
   *     then and {@code gave_up_s}, the limit
   * @throws IllegalStateException with the log's text if it fails
   */
  Map<String, Object> run(Path model, Map<String, Object> settings)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command(model, settings))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    String before = System.getenv().getOrDefault(XLA_FLAGS, "");
    builder
        .environment()
        .put(
            XLA_FLAGS,
            "%s --tf_xla_persistent_cache_directory=%s --tf_xla_persistent_cache_device_types=%s"
                .formatted(before, cache, device)
                .strip());
    Files.deleteIfExists(result);
    Process process = builder.start();
    boolean ended;
    try {
      ended = process.waitFor(limitSeconds, TimeUnit.SECONDS);
      if (ended && process.exitValue() != 0) {
        throw new IllegalStateException("the service failed:\n" + Files.readString(log));
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    Map<String, Object> report = new LinkedHashMap<>();
    if (!ended) {
      report.put("gave_up_s", limitSeconds);
    }
    if (Files.exists(result)) {
      report.putAll(
          JsonMapper.shared()
              .readValue(result.toFile(), new TypeReference<Map<String, Object>>() {}));
    }
    return report;
  }

  private List<String> command(Path model, Map<String, Object> settings) {
    List<String> command = ChildProgram.command(StartedService.class);
    command.add(result.toString());
    command.add("--omnimamba.inference.model=" + model);
    settings.forEach((name, value) -> command.add("--omnimamba.inference." + name + "=" + value));
    return command;
  }
}
