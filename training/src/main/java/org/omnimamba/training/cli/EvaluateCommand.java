package org.omnimamba.training.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.config.GenerationDefaults;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.device.ExecutionOptions.Device;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.weights.WeightLayout;
import org.omnimamba.model.weights.WeightStorage;
import org.omnimamba.training.evaluation.EvaluationOptions;
import org.omnimamba.training.evaluation.EvaluationPictures;
import org.omnimamba.training.evaluation.Evaluator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code omnimamba evaluate}: measures how well a model draws and sees. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Measures a model on labelled pictures: reconstruction, naming, drawing.",
      "Writes evaluation.json, evaluation.md and contact-sheet.png."
    })
public final class EvaluateCommand implements Callable<Integer> {
  private static final int CPU_LIMIT = 200;
  private static final int GPU_LIMIT = 1000;
  private static final int CPU_SLOTS = 32;
  private static final int GPU_SLOTS = 128;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "A model directory.")
  private Path model;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Labelled pictures, as 'prepare' leaves them.")
  private Path data;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "evaluation",
      description = "Where the results go. Default: ${DEFAULT-VALUE}")
  private Path out;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "CPU",
      description = "CPU or GPU. Default: ${DEFAULT-VALUE}")
  private Device device;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "Pictures of each split at most, spread evenly over it. Default: 200 on a CPU, 1000 on a"
              + " GPU")
  private @Nullable Integer limit;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description =
          "Of drawn pictures; 0 is greedy. Default: what the model's generation_config.json says,"
              + " else 1")
  private @Nullable Float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Draw from the K best tokens; 0 is no limit. Default: ${DEFAULT-VALUE}")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description = "Draw from the best tokens that together reach this probability.")
  private float topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of drawn pictures. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Override
  public Integer call() throws IOException {
    options(GenerationDefaults.REFERENCE); // wrong options are told before the model is loaded
    PrintWriter err = spec.commandLine().getErr();
    EvaluationPictures pictures = EvaluationPictures.read(data);
    err.println("omnimamba: loading " + model);
    try (OmniMamba loaded = OmniMamba.load(model, runtime())) {
      long start = System.nanoTime();
      Evaluator.Result result =
          new Evaluator(
                  loaded,
                  pictures,
                  options(loaded.generation()),
                  line ->
                      err.printf(
                          "omnimamba: [%4d s] %s%n",
                          (System.nanoTime() - start) / 1_000_000_000, line))
              .run();
      result.write(out);
      spec.commandLine().getOut().print(result.markdown());
      spec.commandLine().getOut().flush();
      err.println("omnimamba: wrote " + out);
    }
    return 0;
  }

  private EvaluationOptions options(GenerationDefaults defaults) {
    try {
      int pictures = limit != null ? limit : device == Device.CPU ? CPU_LIMIT : GPU_LIMIT;
      return EvaluationOptions.defaults()
          .withLimit(pictures)
          .withDrawing(
              SamplingParameters.defaults()
                  .withTemperature(temperature != null ? temperature : defaults.imageTemperature())
                  .withTopK(topK)
                  .withTopP(topP)
                  .withSeed(seed));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Exact on either device; one compiled step for all slots. */
  private RuntimeOptions runtime() {
    boolean cpu = device == Device.CPU;
    return new RuntimeOptions(
        cpu ? CPU_SLOTS : GPU_SLOTS,
        new ExecutionOptions(device, true, 0),
        WeightStorage.F32,
        cpu ? WeightLayout.SEPARATE : WeightLayout.STACKED,
        Precision.FLOAT32,
        false);
  }
}
