package org.omnimamba.benchmarks.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.omnimamba.benchmarks.BenchmarkArguments;
import org.omnimamba.benchmarks.BenchmarkSizes;
import org.omnimamba.benchmarks.GpuMemory;
import org.omnimamba.benchmarks.RandomBfloat16Tensors;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.device.ExecutionOptions.Device;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.objective.ImageFeatures;
import org.omnimamba.training.objective.JointObjective;
import org.omnimamba.training.objective.LoraDropout;
import org.omnimamba.training.objective.MmuObjective;
import org.omnimamba.training.objective.Stage;
import org.omnimamba.training.objective.T2iObjective;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.StepResult;
import org.omnimamba.training.step.TrainOptions;
import org.omnimamba.training.step.TrainableParameters;
import org.omnimamba.training.step.Trainer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Steps of one of the paper's stages on random weights and random rows: tokens a second, memory of
 * the device, and the arithmetic that the model needs beside what the steps took.
 *
 * <p>Arguments, all optional: {@code --sizes small} ({@code 1.3b}, {@code l}, {@code tiny}); {@code
 * --stage joint} ({@code t2i}, {@code mmu}); {@code --device CPU}; {@code --devices 1}; {@code
 * --drawn 16} and {@code --asked 1} (rows of each task in a micro-batch, on all devices together);
 * {@code --length 449} (ids of an asked row's text); {@code --recompute 0}; {@code --precision
 * bfloat16}; {@code --compile true}; {@code --steps 10}, timed after {@code --warm 2}.
 *
 * <p>Prints one JSON object; each step's time goes to standard error.
 */
public final class TrainingBenchmark {
  /** Multiplications and additions of a product, forward, and of each of its two gradients. */
  private static final double PASS = 2;

  private TrainingBenchmark() {}

  public static void main(String[] args) {
    System.out.println(
        JsonMapper.shared()
            .writerWithDefaultPrettyPrinter()
            .writeValueAsString(run(new BenchmarkArguments(args))));
    System.exit(0);
  }

  /** What is measured. */
  private enum Part {
    T2I(Stage.STAGE1_T2I, true, false),
    MMU(Stage.STAGE1_MMU, false, true),
    JOINT(Stage.STAGE2, true, true);

    private final Stage stage;
    private final boolean draws;
    private final boolean sees;

    Part(Stage stage, boolean draws, boolean sees) {
      this.stage = stage;
      this.draws = draws;
      this.sees = sees;
    }
  }

  /** Rows of a micro-batch. */
  private record Rows(int drawn, int asked, int length) {
    long tokens(LanguageModelConfig language, int patches, Part part) {
      long drawing = drawn * ((long) language.t2iPromptTokens() + language.imageTokens() - 1);
      long seeing = asked * (4L + patches + length - 1);
      return (part.draws ? drawing : 0) + (part.sees ? seeing : 0);
    }
  }

  static Map<String, Object> run(BenchmarkArguments arguments) {
    ModelConfig model = BenchmarkSizes.named(arguments.text("sizes", "small"));
    Part part = Part.valueOf(arguments.text("stage", "joint").toUpperCase(Locale.ROOT));
    Rows rows =
        new Rows(
            arguments.number("drawn", 16),
            arguments.number("asked", 1),
            arguments.number("length", 449));
    Objective objective = objective(model, part, rows);
    ExecutionOptions execution =
        new ExecutionOptions(
            Device.valueOf(arguments.text("device", "CPU").toUpperCase(Locale.ROOT)),
            arguments.flag("compile", true),
            0,
            arguments.number("devices", 1));
    Precision precision =
        Precision.valueOf(arguments.text("precision", "bfloat16").toUpperCase(Locale.ROOT));
    TrainOptions options =
        TrainOptions.defaults()
            .withPrecision(precision)
            .withRecompute(arguments.number("recompute", 0));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("benchmark", "training");
    json.put("model", model.name());
    json.put("stage", part.name().toLowerCase(Locale.ROOT));
    json.put("device", execution.device().name());
    json.put("devices", execution.devices());
    json.put("rows", rows);
    json.put("precision", precision.name());
    json.put("recompute", options.recompute());
    try (DeviceProgram program = new DeviceProgram(execution);
        RandomBfloat16Tensors initial = new RandomBfloat16Tensors(model)) {
      long begun = System.nanoTime();
      TrainableParameters parameters =
          TrainableParameters.load(program, initial, part.stage, objective);
      Trainer trainer = Trainer.create(program, parameters, objective, options);
      json.put("trained", parameters.trainedElements());
      List<Batch> batch = List.of(batch(model, part, rows));
      List<Double> seconds = new ArrayList<>();
      for (int step = 0; step < arguments.number("warm", 2); step++) {
        step(trainer, batch);
        json.putIfAbsent("until_first_step_s", (System.nanoTime() - begun) / 1e9);
      }
      for (int step = 0; step < arguments.number("steps", 10); step++) {
        seconds.add(step(trainer, batch));
      }
      report(json, model, part, rows, seconds);
    }
    return json;
  }

  private static double step(Trainer trainer, List<Batch> batch) {
    long begun = System.nanoTime();
    StepResult result = trainer.run(batch, 1e-5);
    double seconds = (System.nanoTime() - begun) / 1e9;
    System.err.printf(
        Locale.ROOT, "step %d: %.3f s, loss %.3f%n", result.step(), seconds, result.loss());
    return seconds;
  }

  private static void report(
      Map<String, Object> json, ModelConfig model, Part part, Rows rows, List<Double> seconds) {
    double median = seconds.stream().sorted().toList().get(seconds.size() / 2);
    LanguageModelConfig language = model.language();
    long tokens = rows.tokens(language, model.vision().patches(), part);
    long products = products(language);
    // gradients of frozen matrices are not computed
    double passes = part == Part.JOINT ? 3 : 2;
    json.put("step_s", median);
    json.put("tokens_per_step", tokens);
    json.put("tokens_per_s", tokens / median);
    json.put("backbone_products", products);
    json.put("model_tflops", PASS * passes * products * tokens / median / 1e12);
    Long memory = GpuMemory.usedBytes();
    if (memory != null) {
      json.put("first_gpu_memory_gb", memory / 1e9);
    }
  }

  /** Elements of the layers' matrices: what a token is multiplied with on its way through them. */
  private static long products(LanguageModelConfig language) {
    long width = language.dModel();
    return language.layers() * width * (language.inProjDim() + language.dInner());
  }

  private static Objective objective(ModelConfig model, Part part, Rows rows) {
    T2iObjective drawing = new T2iObjective(model, rows.drawn, LoraDropout.NONE);
    MmuObjective seeing =
        new MmuObjective(
            model, rows.asked, rows.length, ImageFeatures.PRECOMPUTED, LoraDropout.NONE);
    return switch (part) {
      case T2I -> drawing;
      case MMU -> seeing;
      case JOINT -> new JointObjective(drawing, seeing, 1);
    };
  }

  private static Batch batch(ModelConfig model, Part part, Rows rows) {
    SplittableRandom random = new SplittableRandom(1);
    LanguageModelConfig language = model.language();
    int text = model.specialTokens().pad();
    Batch batch = Batch.empty();
    if (part.draws) {
      batch =
          batch
              .with("caption_ids", ids(random, rows.drawn * (language.t2iPromptTokens() + 1), text))
              .with(
                  "image_ids",
                  ids(random, rows.drawn * language.imageTokens(), language.imageVocabSize()));
    }
    if (part.sees) {
      float[] features =
          new float[rows.asked * model.vision().patches() * model.vision().featureDim()];
      for (int i = 0; i < features.length; i++) {
        features[i] = (float) random.nextDouble(-1, 1);
      }
      float[] pictures = new float[rows.asked];
      Arrays.fill(pictures, 1);
      batch =
          batch
              .with("vision_features", features)
              .with("has_picture", pictures)
              .with("input_ids", ids(random, rows.asked * rows.length, text))
              .with("labels", ids(random, rows.asked * rows.length, text));
    }
    return batch;
  }

  private static long[] ids(SplittableRandom random, int count, int below) {
    return random.longs(count, 0, below).toArray();
  }
}
