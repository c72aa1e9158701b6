package org.omnimamba.benchmarks.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.benchmarks.BenchmarkArguments;
import org.omnimamba.benchmarks.BenchmarkSizes;
import org.omnimamba.benchmarks.ChildProgram;
import org.omnimamba.benchmarks.Directories;
import org.omnimamba.benchmarks.RandomBfloat16Tensors;
import org.omnimamba.model.checkpoint.ModelDirectory;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.TokenizerDefinitions;
import tools.jackson.databind.json.JsonMapper;

/**
 * The platform as {@code omnimamba serve} starts it, under load by clients on the same machine over
 * HTTP, beside what the engine's parts could do by themselves.
 *
 * <p>Arguments, all optional: {@code --model DIR}, written with random weights in bfloat16 of
 * {@code --sizes small} ({@code 1.3b}, {@code l}, {@code tiny}) if it is not there, and without it
 * such a one that is deleted at the end; {@code --device CPU}; {@code --devices 0,1} (an engine on
 * each, while the bounds are those of one; by default as {@code serve} has it); {@code --command
 * ./omnimamba} (words with blanks between them, before {@code serve}); {@code --slots 8}; {@code
 * --pictures 64,32,1} and {@code --photos 32} (clients, one load each; empty for none); {@code
 * --known 16} (photos that the service knows); {@code --tokens 128} of an answer; {@code --warm 5}
 * and {@code --seconds 20} of each load; {@code --windows 1,8,32,64} (batches whose steps are
 * timed); {@code --set name=value,...} (more settings); {@code --engine FILE} (the engine's
 * figures: read if the file is there, else measured and written); {@code --dir DIR} (for the files,
 * which are deleted at the end); {@code --home DIR} ({@code OMNIMAMBA_HOME}, kept; with compiled
 * functions of earlier runs); {@code --limit 900} (seconds until the platform must be ready).
 *
 * <p>Prints one JSON object, and the table on standard error. Its status is 1 if a request failed.
 */
public final class ServingLoad {
  private final BenchmarkArguments arguments;
  private final String device;
  private final Map<String, Object> json = new LinkedHashMap<>();
  private boolean failed;

  private ServingLoad(BenchmarkArguments arguments) {
    this.arguments = arguments;
    this.device = arguments.text("device", "CPU").toUpperCase(Locale.ROOT);
  }

  public static void main(String[] args) throws Exception {
    ServingLoad load = new ServingLoad(new BenchmarkArguments(args));
    load.run();
    System.out.println(
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(load.json));
    System.exit(load.failed ? 1 : 0);
  }

  private void run() throws Exception {
    Path parent = Path.of(arguments.text("dir", System.getProperty("java.io.tmpdir")));
    Path directory = Files.createTempDirectory(Files.createDirectories(parent), "serving-");
    try {
      Path model = model(directory);
      Path home = Path.of(arguments.text("home", directory.resolve("home").toString()));
      Files.createDirectories(home);
      json.put("benchmark", "serving");
      json.put("device", device);
      json.put("devices", arguments.text("devices", ""));
      json.put("slots", slots());
      json.put("settings", arguments.text("set", ""));
      json.put("processors", Runtime.getRuntime().availableProcessors());
      json.put("java", Runtime.version().toString());
      EngineFigures engine = engine(model, home);
      json.put("engine", engine);
      serve(model, home, engine);
    } finally {
      Directories.delete(directory);
    }
  }

  private Path model(Path directory) {
    String given = arguments.text("model");
    Path model = given == null ? directory.resolve("model") : Path.of(given).toAbsolutePath();
    if (Files.notExists(model)) {
      ModelConfig config = BenchmarkSizes.named(arguments.text("sizes", "small"));
      try (RandomBfloat16Tensors tensors = new RandomBfloat16Tensors(config)) {
        String tokenizer = TokenizerDefinitions.bytesOnly(config);
        ModelDirectory.write(model, config, tensors, tokenizer, Dtype.BF16, Map.of());
      }
    }
    return model;
  }

  private List<String> devices() {
    List<String> options = new ArrayList<>(List.of("--device", device.toLowerCase(Locale.ROOT)));
    String chosen = arguments.text("devices", "");
    if (!chosen.isEmpty()) {
      options.addAll(List.of("--devices", chosen));
    }
    return options;
  }

  private int slots() {
    return arguments.number("slots", device.equals("GPU") ? 64 : 8);
  }

  /** What this machine's launcher sets too, where TensorFlow keeps what XLA compiled for a GPU. */
  private static Map<String, String> environment(Path home) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("OMNIMAMBA_HOME", home.toString());
    if (System.getenv("TF_XLA_FLAGS") == null) {
      environment.put(
          "TF_XLA_FLAGS",
          "--tf_xla_persistent_cache_directory=%s --tf_xla_persistent_cache_device_types=GPU"
              .formatted(home.resolve("compiled")));
    }
    return environment;
  }

  private EngineFigures engine(Path model, Path home) throws IOException, InterruptedException {
    @Nullable String kept = arguments.text("engine");
    Path file = kept == null ? Files.createTempFile(home, "engine", ".json") : Path.of(kept);
    if (Files.notExists(file) || Files.size(file) == 0) {
      measureEngine(model, home, file);
    }
    return JsonMapper.shared().readValue(file.toFile(), EngineFigures.class);
  }

  private void measureEngine(Path model, Path home, Path file)
      throws IOException, InterruptedException {
    List<String> command = ChildProgram.command(EngineBound.class);
    command.addAll(List.of("--model", model.toString(), "--device", device));
    command.addAll(List.of("--slots", String.valueOf(slots())));
    command.addAll(List.of("--windows", arguments.text("windows", "1,8,32,64")));
    command.addAll(List.of("--runs", arguments.text("runs", "20")));
    command.addAll(List.of("--question", LoadClient.QUESTION));
    Path part = file.resolveSibling(file.getFileName() + ".part");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(part.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment(home));
    int status = builder.start().waitFor();
    if (status != 0) {
      throw new IllegalStateException("the engine could not be measured: status " + status);
    }
    Files.move(part, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private void serve(Path model, Path home, EngineFigures engine) throws Exception {
    List<String> command = List.of(arguments.text("command", "./omnimamba").split(" +"));
    ServingTable table = new ServingTable(engine);
    List<Object> results = new ArrayList<>();
    json.put("loads", results);
    try (ServedPlatform platform =
        ServedPlatform.start(
            command,
            environment(home),
            model,
            devices(),
            settings(),
            arguments.number("limit", 900))) {
      LoadClient client =
          new LoadClient(platform.address(), platform.key(), engine.pictureTokens());
      json.put("ready_s", platform.readySeconds());
      say(String.format(Locale.ROOT, "ready after %.1f s", platform.readySeconds()));
      first(client);
      for (Load load : loads()) {
        Load.Result result = load.run(client);
        LoadFigures figures = result.figures();
        int tokens = result.meanTokens();
        table.add(load.kind(), load.clients(), tokens, figures);
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("kind", load.kind());
        report.put("clients", load.clients());
        report.put("tokens", tokens);
        report.put("failures", result.failures().size());
        report.put("bound_requests_per_s", load.kind().bound(engine, load.clients(), tokens));
        report.put("bound_of_steps_per_s", engine.boundOfSteps(load.clients(), tokens));
        report.putAll(figures.json());
        results.add(report);
        say(JsonMapper.shared().writeValueAsString(report));
        result.failures().stream().distinct().limit(3).forEach(ServingLoad::say);
        failed |= !result.failures().isEmpty();
      }
    }
    say(table.toString());
  }

  /** What the first callers after the start wait: a photo's question, then a picture. */
  private void first(LoadClient client) throws IOException, InterruptedException {
    Exchange photo = load(LoadKind.NEW_PHOTOS, 1).ask(client, List.of());
    double token = (photo.tokenTimes().get(0) - photo.begin()) / 1e6;
    Exchange picture = load(LoadKind.PICTURES, 1).ask(client, List.of());
    json.put("first_photo_first_token_ms", token);
    json.put("first_picture_ms", (picture.end() - picture.begin()) / 1e6);
    say(
        String.format(
            Locale.ROOT,
            "first requests: first token about a photo %.0f ms, then a picture %.0f ms",
            token,
            (picture.end() - picture.begin()) / 1e6));
  }

  private List<Load> loads() {
    List<Load> loads = new ArrayList<>();
    for (int clients : arguments.numbers("pictures", "64,32,1")) {
      loads.add(load(LoadKind.PICTURES, clients));
    }
    for (LoadKind kind : List.of(LoadKind.NEW_PHOTOS, LoadKind.KNOWN_PHOTOS)) {
      for (int clients : arguments.numbers("photos", "32")) {
        loads.add(load(kind, clients));
      }
    }
    return loads;
  }

  private Load load(LoadKind kind, int clients) {
    return new Load(
        kind,
        clients,
        arguments.number("tokens", 128),
        arguments.number("known", 16),
        arguments.number("warm", 5),
        arguments.number("seconds", 20));
  }

  /** Limits that no load reaches, and what was asked for. */
  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("omnimamba.inference.engine.slots", String.valueOf(slots()));
    settings.put("omnimamba.inference.engine.tenant-share", "1");
    String limits = "omnimamba.gateway.limits.everyone.";
    settings.put(limits + "requests-per-minute", "10000000");
    settings.put(limits + "tokens-per-minute", "1000000000");
    settings.put(limits + "images-in-flight", "100000");
    Arrays.stream(arguments.text("set", "").split(","))
        .filter(setting -> !setting.isEmpty())
        .forEach(
            setting -> {
              int equals = setting.indexOf('=');
              if (equals < 1) {
                throw new IllegalArgumentException("--set takes name=value, not " + setting);
              }
              settings.put(setting.substring(0, equals), setting.substring(equals + 1));
            });
    return settings;
  }

  private static void say(String line) {
    System.err.println(line);
  }
}
