package org.omnimamba.model.runtime.language;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.float64.PlainLanguageModel;
import org.omnimamba.model.float64.VariedTensors;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.testing.RelativeErrors;

/**
 * What {@link DeepModelTest} compares, at the size of a released model: {@code FullSizeComparison
 * FILE 1.3b|l|DIR} writes a page about random weights of that size, or those of a model directory,
 * layer by layer. The language model is in memory once, in float32, beside the float64 weights of
 * one layer. Used by {@code benchmarks/depth.sh}.
 */
public final class FullSizeComparison {
  private static final int TEXT_IDS = 12;
  private static final int TOKENS = 8;

  private FullSizeComparison() {}

  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[1]);
    List<String> lines;
    if (Files.isDirectory(directory)) {
      try (Checkpoint checkpoint = Checkpoint.open(directory)) {
        lines = compare(checkpoint, checkpoint.config(), "weights of the model directory");
      }
    } else {
      ModelConfig config =
          switch (args[1]) {
            case "1.3b" -> ModelPresets.omniMamba1_3B();
            case "l" -> ModelPresets.omniMambaL();
            default -> throw new IllegalArgumentException("no model directory: " + directory);
          };
      try (TensorSource weights = new VariedTensors(config, 1)) {
        lines = compare(weights, config, "random weights");
      }
    }
    Files.write(Path.of(args[0]), lines);
  }

  private static List<String> compare(TensorSource weights, ModelConfig config, String what)
      throws IOException {
    LanguageModelConfig sizes = config.language();
    PlainLanguageModel plain = new PlainLanguageModel(weights, sizes);
    List<DepthComparison> comparisons = new ArrayList<>();
    RuntimeOptions options = DepthComparison.options();
    try (DeviceProgram program = new DeviceProgram(options.execution())) {
      LanguageModel model = LanguageModel.load(program, weights, config, options);
      for (Task task : Task.values()) {
        int ids = task == Task.T2I ? sizes.t2iPromptTokens() : TEXT_IDS;
        comparisons.add(
            new DepthComparison(
                model,
                plain,
                sizes,
                DepthComparison.Sequence.random(
                    sizes, task, config.vision().patches(), ids, TOKENS)));
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add("# The language model beside float64, " + LocalDate.now(ZoneOffset.UTC));
    lines.add("");
    lines.add(
        "%s, %s: width %d, %d layers. Java %s, %d processors."
            .formatted(
                config.name(),
                what,
                sizes.dModel(),
                sizes.layers(),
                Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors()));
    for (DepthComparison comparison : comparisons) {
      long begin = System.nanoTime();
      DepthComparison.Errors errors = comparison.with(plain);
      lines.addAll(page(comparison, errors));
      lines.add("float64 took %d s.".formatted((System.nanoTime() - begin) / 1_000_000_000));
    }
    lines.addAll(memory());
    return lines;
  }

  private static List<String> page(DepthComparison comparison, DepthComparison.Errors errors) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("## " + comparison);
    lines.add("");
    lines.add(
        "| | input, prompt | state, prompt | input, tokens | state, tokens |\n"
            + "| --- | ---: | ---: | ---: | ---: |");
    for (int layer = 0; layer < errors.layers().size(); layer++) {
      DepthComparison.LayerErrors at = errors.layers().get(layer);
      lines.add(
          "| layers.%d | %s | %s | %s | %s |"
              .formatted(
                  layer,
                  cell(at.promptInputs()),
                  cell(at.promptState()),
                  cell(at.stepInputs()),
                  cell(at.stepState())));
    }
    lines.add(
        "| mean | %s | %s | %s | %s |"
            .formatted(
                mean(errors, at -> at.promptInputs().together()),
                mean(errors, at -> at.promptState().together()),
                mean(errors, at -> at.stepInputs().together()),
                mean(errors, at -> at.stepState().together())));
    lines.add("");
    lines.add(
        "Logits after the prompt: %s. After tokens: %s."
            .formatted(errors.prompt(), errors.steps()));
    return lines;
  }

  private static String cell(RelativeErrors errors) {
    return String.format(Locale.ROOT, "%.1e (%.1e)", errors.together(), errors.furthest());
  }

  private static String mean(
      DepthComparison.Errors errors, ToDoubleFunction<DepthComparison.LayerErrors> value) {
    return String.format(
        Locale.ROOT, "%.1e", errors.layers().stream().mapToDouble(value).average().orElse(0));
  }

  /** What Linux says of this process. */
  private static List<String> memory() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        ? Files.readAllLines(status).stream().filter(line -> line.startsWith("VmHWM")).toList()
        : List.of();
  }
}
