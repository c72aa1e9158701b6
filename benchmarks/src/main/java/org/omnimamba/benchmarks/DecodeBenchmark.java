package org.omnimamba.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.config.ProjectorConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.runtime.DeviceProgram;
import org.omnimamba.model.runtime.ExecutionOptions;
import org.omnimamba.model.runtime.ImageTokenizer;
import org.omnimamba.model.runtime.LanguageModel;
import org.omnimamba.model.runtime.PartOptions;
import org.omnimamba.model.runtime.PromptEmbeddings;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.StateStorage;
import org.omnimamba.model.runtime.VisionEncoder;
import org.omnimamba.model.runtime.WeightLayout;
import org.omnimamba.model.runtime.WeightStorage;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.SamplingParameters;
import tools.jackson.databind.json.JsonMapper;

/**
 * How fast the language model decodes and reads prompts, with random weights, and how near that is
 * to the memory's speed in the same run.
 *
 * <p>Arguments, all optional: {@code --sizes small} (width 768, 12 layers; or {@code 1.3b}, {@code
 * l}) {@code --device CPU} {@code --compile true} {@code --threads 0} {@code --storage F32} {@code
 * --precision FLOAT32} {@code --layout SEPARATE} {@code --merged false} {@code --handwritten true}
 * {@code --state F32} {@code --task T2I} {@code --batches 1} {@code --steps 100} {@code --draw
 * BEST} (where the next token is drawn: {@code BEST} and {@code SAMPLED} on the device as the
 * engine does, {@code LOGITS} leaves it to the host) {@code --prefill 72} {@code --requests 0} (how
 * often a whole picture and a question about a photo are timed) {@code --lock FILE} (held while
 * steps are timed, for several runs beside one another). Prints one JSON object.
 */
public final class DecodeBenchmark {
  private static final int WARM_UP = 5;

  private final Map<String, String> arguments;

  private DecodeBenchmark(Map<String, String> arguments) {
    this.arguments = arguments;
  }

  public static void main(String[] args) throws java.io.IOException {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      arguments.put(args[i].substring("--".length()), args[i + 1]);
    }
    System.out.println(
        JsonMapper.shared()
            .writerWithDefaultPrettyPrinter()
            .writeValueAsString(new DecodeBenchmark(arguments).run()));
  }

  private Map<String, Object> run() throws java.io.IOException {
    int[] batches = numbers("batches", "1");
    RuntimeOptions options = options(Arrays.stream(batches).max().orElseThrow());
    Task task = Task.valueOf(argument("task", "T2I"));
    ModelConfig config = config(argument("sizes", "small"));
    DecodeTraffic traffic = DecodeTraffic.of(config.language(), options, task);
    double ceiling = MemoryCeiling.gigabytesPerSecond(options.execution());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("benchmark", "decode");
    json.put("sizes", config.name());
    json.put("task", task);
    json.put("draw", argument("draw", "BEST"));
    json.put("options", options);
    json.put("processors", Runtime.getRuntime().availableProcessors());
    json.put("java", Runtime.version().toString());
    json.put("memory_copy_gb_per_s", rounded(ceiling));
    long start = System.nanoTime();
    try (DeviceProgram program = new DeviceProgram(options.execution());
        RandomTensors weights = new RandomTensors(config)) {
      LanguageModel model = LanguageModel.load(program, weights, config, options);
      json.put("load_s", rounded((System.nanoTime() - start) / 1e9));
      json.put("device_bytes", program.variables().byteSize());
      json.put("state_bytes_per_slot", config.language().stateBytes());
      say("loaded in %s s".formatted(json.get("load_s")));
      List<Object> results = new ArrayList<>();
      for (int batch : batches) {
        results.add(decode(model, task, batch, traffic, ceiling));
        say(results.get(results.size() - 1).toString());
      }
      json.put("decode", results);
      List<Object> prompts = new ArrayList<>();
      for (int length : numbers("prefill", "72")) {
        prompts.add(prefill(model, length));
        say(prompts.get(prompts.size() - 1).toString());
      }
      json.put("prefill", prompts);
      json.put("requests", requests(program, weights, config, model, options));
      json.put("device_bytes_with_parts", program.variables().byteSize());
    }
    long process = ProcessHandle.current().pid();
    json.put("peak_resident_bytes", ProcessMemory.bytes(process, "VmHWM"));
    return json;
  }

  /** Progress, for runs that are cut off. */
  private static void say(String line) {
    System.err.println(line);
  }

  private Map<String, Object> decode(
      LanguageModel model, Task task, int batch, DecodeTraffic traffic, double ceiling) {
    int[] slots = new int[batch];
    Arrays.setAll(slots, i -> i);
    int[] tokens = new int[batch];
    Arrays.setAll(tokens, i -> 1 + i);
    int[] positions = new int[batch];
    int steps = Integer.parseInt(argument("steps", "100"));
    Task[] tasks = new Task[batch];
    Arrays.fill(tasks, task);
    List<@Nullable PlainDraw> draws = Collections.nCopies(batch, draw(argument("draw", "BEST")));
    long start = System.nanoTime();
    model.step(tasks, slots, tokens, positions, draws);
    double first = (System.nanoTime() - start) / 1e6;
    double[] millis = new double[steps];
    try (TimingLock ignored = TimingLock.of(arguments.get("lock"))) {
      for (int i = -WARM_UP; i < steps; i++) {
        Arrays.fill(positions, 1 + (i + WARM_UP) % 200);
        start = System.nanoTime();
        model.step(tasks, slots, tokens, positions, draws);
        if (i >= 0) {
          millis[i] = (System.nanoTime() - start) / 1e6;
        }
      }
    }
    Arrays.sort(millis);
    double median = millis[steps / 2];
    double bandwidth = traffic.bytes(batch) / median / 1e6;
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("batch", batch);
    json.put("first_ms", rounded(first));
    json.put("median_ms", rounded(median));
    json.put("min_ms", rounded(millis[0]));
    json.put("p95_ms", rounded(millis[steps * 95 / 100]));
    json.put("tokens_per_s", rounded(1000 * batch / median));
    json.put("bytes_per_step", traffic.bytes(batch));
    json.put("effective_gb_per_s", rounded(bandwidth));
    json.put("share_of_memory_copy", rounded(bandwidth / ceiling));
    return json;
  }

  private static @Nullable PlainDraw draw(String where) {
    return switch (where) {
      case "BEST" -> PlainDraw.BEST;
      case "SAMPLED" -> new PlainDraw(1, 0.5);
      case "LOGITS" -> null;
      default -> throw new IllegalArgumentException("no way to draw called " + where);
    };
  }

  /** A prompt of any length: one of the model's own, as often as it takes. */
  private Map<String, Object> prefill(LanguageModel model, int length) {
    int[] ids = new int[Math.max(1, Math.min(length, model.positions(Task.T2I)))];
    PromptEmbeddings prompt = model.embedT2i(ids).repeatedTo(length);
    try (TimingLock ignored = TimingLock.of(arguments.get("lock"))) {
      return Measurement.of(
              "prefill of " + length,
              5,
              0,
              () -> model.prefill(Task.T2I, 0, prompt, 0, prompt.length()))
          .json();
    }
  }

  private List<Object> requests(
      DeviceProgram program,
      RandomTensors weights,
      ModelConfig config,
      LanguageModel model,
      RuntimeOptions options) {
    List<Object> results = new ArrayList<>();
    RequestBenchmark requests = new RequestBenchmark(config, model);
    PartOptions parts = PartOptions.of(options.execution(), options.storage(), options.precision());
    int runs = Integer.parseInt(argument("requests", "0"));
    if (runs > 0) {
      ImageTokenizer images = ImageTokenizer.load(program, weights, config, parts);
      results.add(requests.picture(images, SamplingParameters.greedy(), runs));
      say(results.get(0).toString());
      results.add(requests.picture(images, SamplingParameters.defaults(), runs));
      say(results.get(1).toString());
      VisionEncoder vision = VisionEncoder.load(program, weights, config, parts);
      results.add(requests.question(vision, runs));
      say(results.get(2).toString());
    }
    return results;
  }

  private RuntimeOptions options(int slots) {
    ExecutionOptions execution =
        new ExecutionOptions(
            ExecutionOptions.Device.valueOf(argument("device", "CPU")),
            Boolean.parseBoolean(argument("compile", "true")),
            Integer.parseInt(argument("threads", "0")));
    return new RuntimeOptions(
        Math.max(slots, Integer.parseInt(argument("slots", "4"))),
        execution,
        WeightStorage.valueOf(argument("storage", "F32")),
        WeightLayout.valueOf(argument("layout", "SEPARATE")),
        Precision.valueOf(argument("precision", "FLOAT32")),
        Boolean.parseBoolean(argument("merged", "false")),
        Boolean.parseBoolean(argument("handwritten", "true")),
        StateStorage.valueOf(argument("state", "F32")));
  }

  private static ModelConfig config(String sizes) {
    return switch (sizes) {
      case "1.3b" -> ModelPresets.omniMamba1_3B();
      case "l" -> ModelPresets.omniMambaL();
      case "small" -> small();
      default -> throw new IllegalArgumentException("no sizes called " + sizes);
    };
  }

  /** Width 768 and 12 layers; everything else as in the released models. */
  private static ModelConfig small() {
    ModelConfig large = ModelPresets.omniMambaL();
    LanguageModelConfig l = large.language();
    LanguageModelConfig language =
        new LanguageModelConfig(
            768,
            12,
            l.dState(),
            l.headDim(),
            l.expand(),
            l.dConv(),
            l.chunkSize(),
            l.rmsNormEps(),
            l.lora(),
            l.textVocabSize(),
            l.imageVocabSize(),
            l.imageGridHeight(),
            l.imageGridWidth(),
            l.maxCaptionTokens(),
            l.t2iPositions(),
            l.mmuPositions());
    ProjectorConfig p = large.projector();
    return new ModelConfig(
        "width-768-layers-12",
        language,
        large.vision(),
        new ProjectorConfig(p.inDim(), p.hiddenDim(), 768),
        large.vq(),
        large.specialTokens());
  }

  private int[] numbers(String name, String otherwise) {
    return Arrays.stream(argument(name, otherwise).split(",", -1))
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  private String argument(String name, String otherwise) {
    return arguments.getOrDefault(name, otherwise);
  }

  private static double rounded(double value) {
    return Math.round(100 * value) / 100.0;
  }
}
