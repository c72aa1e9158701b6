package org.omnimamba.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.omnimamba.benchmarks.figures.DecodeTraffic;
import org.omnimamba.benchmarks.figures.Measurement;
import org.omnimamba.benchmarks.figures.Rounding;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.StateStorage;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.language.PromptEmbeddings;
import org.omnimamba.model.runtime.vision.ImageTokenizer;
import org.omnimamba.model.runtime.vision.PartOptions;
import org.omnimamba.model.runtime.vision.VisionEncoder;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.weights.WeightLayout;
import org.omnimamba.model.weights.WeightStorage;
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
 * engine does, {@code LOGITS} leaves it to the host) {@code --prefill 72} {@code --contexts
 * 1024,4096} (steps after so many tokens, none unless given) {@code --context-batches 1,8} {@code
 * --requests 0} (how often a whole picture and a question about a photo are timed) {@code --lock
 * FILE} (held while steps are timed, for several runs beside one another). Prints one JSON object.
 */
public final class DecodeBenchmark {
  private final BenchmarkArguments arguments;

  private DecodeBenchmark(BenchmarkArguments arguments) {
    this.arguments = arguments;
  }

  public static void main(String[] args) throws java.io.IOException {
    System.out.println(
        JsonMapper.shared()
            .writerWithDefaultPrettyPrinter()
            .writeValueAsString(new DecodeBenchmark(new BenchmarkArguments(args)).run()));
  }

  private Map<String, Object> run() throws java.io.IOException {
    int[] batches = arguments.numbers("batches", "1");
    int contextSlots =
        arguments.text("contexts", "").isEmpty()
            ? 1
            : Arrays.stream(contextBatches()).max().orElseThrow();
    RuntimeOptions options =
        options(Math.max(contextSlots, Arrays.stream(batches).max().orElseThrow()));
    Task task = Task.valueOf(arguments.text("task", "T2I"));
    ModelConfig config = BenchmarkSizes.named(arguments.text("sizes", "small"));
    DecodeTraffic traffic = DecodeTraffic.of(config.language(), options, task);
    double ceiling = MemoryCeiling.gigabytesPerSecond(options.execution());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("benchmark", "decode");
    json.put("sizes", config.name());
    json.put("task", task);
    json.put("draw", arguments.text("draw", "BEST"));
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
      StepTimer timer = timer(model, task);
      List<Object> results = new ArrayList<>();
      for (int batch : batches) {
        for (int tokens : tokensPerCall(model)) {
          results.add(decode(timer.time(batch, 0, tokens), traffic, ceiling));
          say(results.get(results.size() - 1).toString());
        }
      }
      json.put("decode", results);
      List<Object> prompts = new ArrayList<>();
      for (int length : arguments.numbers("prefill", "72")) {
        prompts.add(prefill(model, length));
        say(prompts.get(prompts.size() - 1).toString());
      }
      json.put("prefill", prompts);
      json.put("contexts", contexts(program, config, model));
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

  /** One token in each call, and as many as the device draws in one. */
  private Set<Integer> tokensPerCall(LanguageModel model) {
    boolean drawn = !arguments.text("draw", "BEST").equals("LOGITS");
    return new TreeSet<>(List.of(1, drawn ? model.tokensPerCall() : 1));
  }

  private Map<String, Object> decode(StepTimer.Times times, DecodeTraffic traffic, double ceiling) {
    double bandwidth = traffic.bytes(times.batch()) / times.median() / 1e6;
    Map<String, Object> json = times.json();
    json.put("bytes_per_step", traffic.bytes(times.batch()));
    json.put("effective_gb_per_s", rounded(bandwidth));
    json.put("share_of_memory_copy", rounded(bandwidth / ceiling));
    return json;
  }

  /** A prompt of any length: one of the model's own, as often as it takes. */
  private Map<String, Object> prefill(LanguageModel model, int length) {
    int[] ids = new int[Math.max(1, Math.min(length, model.positions(Task.T2I)))];
    PromptEmbeddings prompt = model.embedT2i(ids).repeatedTo(length);
    try (TimingLock ignored = TimingLock.of(arguments.text("lock"))) {
      return Measurement.of(
              "prefill of " + length,
              5,
              0,
              () -> model.prefill(Task.T2I, 0, prompt, 0, prompt.length()))
          .json();
    }
  }

  private StepTimer timer(LanguageModel model, Task task) {
    return new StepTimer(
        model,
        task,
        arguments.text("draw", "BEST"),
        arguments.number("steps", 100),
        arguments.text("lock"));
  }

  private List<Object> contexts(DeviceProgram program, ModelConfig config, LanguageModel model) {
    ContextBenchmark benchmark =
        new ContextBenchmark(config.language(), model, program.variables(), timer(model, Task.T2I));
    List<Object> results = new ArrayList<>();
    for (int context : arguments.numbers("contexts", "")) {
      for (Object report : benchmark.run(context, contextBatches())) {
        results.add(report);
        say(report.toString());
      }
    }
    return results;
  }

  private int[] contextBatches() {
    return arguments.numbers("context-batches", "1,8");
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
    int runs = arguments.number("requests", 0);
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
            ExecutionOptions.Device.valueOf(arguments.text("device", "CPU")),
            arguments.flag("compile", true),
            arguments.number("threads", 0));
    return new RuntimeOptions(
        Math.max(slots, arguments.number("slots", 4)),
        execution,
        WeightStorage.valueOf(arguments.text("storage", "F32")),
        WeightLayout.valueOf(arguments.text("layout", "SEPARATE")),
        Precision.valueOf(arguments.text("precision", "FLOAT32")),
        arguments.flag("merged", false),
        arguments.flag("handwritten", true),
        StateStorage.valueOf(arguments.text("state", "F32")));
  }

  private static double rounded(double value) {
    return Rounding.hundredths(value);
  }
}
