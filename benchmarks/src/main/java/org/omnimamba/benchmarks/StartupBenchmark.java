package org.omnimamba.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.omnimamba.benchmarks.figures.Rounding;
import org.omnimamba.model.checkpoint.ModelDirectory;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.TokenizerDefinitions;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long the inference service takes to become ready. Writes a bfloat16 model directory with
 * random weights, then starts the service on it in JVMs of its own: first with an empty cache of
 * compiled functions, then with the one that the first start left. The weights have just been
 * written, so they are read from the page cache.
 *
 * <p>Arguments, all optional: {@code --sizes small} ({@code 1.3b}, {@code l}, {@code small}, {@code
 * tiny}) {@code --device CPU} {@code --slots 8} {@code --prefill-chunk 256} {@code --layout
 * SEPARATE} {@code --precision FLOAT32} {@code --merged false} {@code --handwritten true} {@code
 * --state F32} {@code --compile-threads 0} {@code --starts 2} (the first is the cold one) {@code
 * --dir DIR} (for the files, which are deleted at the end; the system's temporary directory) {@code
 * --cache DIR} (compiled functions of earlier runs, to start with and to be kept; with it, the
 * first start is the cold one only if the folder is empty) {@code --limit 1800} (seconds after
 * which a start is given up; its report has what had ended by then). Prints one JSON object; each
 * start's part of it also goes to standard error, as one line, when the start has ended. Linux
 * only.
 *
 * <p>What the service inherits, such as {@code XLA_FLAGS}, is inherited from this program.
 */
public final class StartupBenchmark {
  private final BenchmarkArguments arguments;

  private StartupBenchmark(BenchmarkArguments arguments) {
    this.arguments = arguments;
  }

  public static void main(String[] args) throws Exception {
    System.out.println(
        JsonMapper.shared()
            .writerWithDefaultPrettyPrinter()
            .writeValueAsString(new StartupBenchmark(new BenchmarkArguments(args)).run()));
  }

  private Map<String, Object> run() throws Exception {
    ModelConfig config = BenchmarkSizes.named(arguments.text("sizes", "small"));
    Path parent = Path.of(arguments.text("dir", System.getProperty("java.io.tmpdir")));
    Path directory = Files.createTempDirectory(Files.createDirectories(parent), "startup-");
    try {
      Path model = directory.resolve("model");
      long start = System.nanoTime();
      write(model, config);
      double writeSeconds = (System.nanoTime() - start) / 1e9;
      say("wrote %s in %.1f s".formatted(model, writeSeconds));
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("benchmark", "startup");
      json.put("sizes", config.name());
      json.put("settings", settings());
      json.put("processors", Runtime.getRuntime().availableProcessors());
      json.put("java", Runtime.version().toString());
      json.put("xla_flags", System.getenv().getOrDefault("XLA_FLAGS", ""));
      json.put("weights_bytes", bytes(model));
      json.put("write_s", Rounding.hundredths(writeSeconds));
      json.put("starts", starts(directory, model));
      return json;
    } finally {
      Directories.delete(directory);
    }
  }

  private static void write(Path model, ModelConfig config) {
    try (RandomBfloat16Tensors tensors = new RandomBfloat16Tensors(config)) {
      String tokenizer = TokenizerDefinitions.bytesOnly(config);
      ModelDirectory.write(model, config, tensors, tokenizer, Dtype.BF16, Map.of());
    }
  }

  private List<Object> starts(Path directory, Path model) throws Exception {
    Path cache = Files.createDirectories(Path.of(arguments.text("cache", directory + "/cache")));
    List<Object> starts = new ArrayList<>();
    for (int i = 0; i < arguments.number("starts", 2); i++) {
      ServiceStart start =
          new ServiceStart(directory, cache, arguments.text("device", "CPU"), limitSeconds());
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("cache", files(cache) == 0 ? "cold" : "warm");
      report.putAll(start.run(model, settings()));
      report.put("cache_files", files(cache));
      report.put("cache_bytes", bytes(cache));
      starts.add(report);
      say(JsonMapper.shared().writeValueAsString(report));
    }
    return starts;
  }

  private int limitSeconds() {
    return arguments.number("limit", 1800);
  }

  /** Of the service, without {@code omnimamba.inference.}. */
  private Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("engine.slots", arguments.number("slots", 8));
    settings.put("engine.prefill-chunk", arguments.number("prefill-chunk", 256));
    settings.put("runtime.device", arguments.text("device", "CPU"));
    settings.put("runtime.compile", true);
    settings.put("runtime.compile-threads", arguments.number("compile-threads", 0));
    settings.put("runtime.storage", "BF16");
    settings.put("runtime.layout", arguments.text("layout", "SEPARATE"));
    settings.put("runtime.precision", arguments.text("precision", "FLOAT32"));
    settings.put("runtime.merge-lora", arguments.flag("merged", false));
    settings.put("runtime.handwritten-kernels", arguments.flag("handwritten", true));
    settings.put("runtime.state", arguments.text("state", "F32"));
    return settings;
  }

  private static long files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  private static long bytes(Path directory) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private static void say(String line) {
    System.err.println(line);
  }
}
