package org.omnimamba.training.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.device.ExecutionOptions.Device;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.weights.WeightLayout;
import org.omnimamba.model.weights.WeightStorage;
import org.omnimamba.training.data.Picture.Split;
import org.omnimamba.training.scenes.judge.ModelSubject;
import org.omnimamba.training.scenes.judge.SceneEvaluation;
import org.omnimamba.training.scenes.judge.SceneJudge;
import org.omnimamba.training.scenes.judge.SceneMeasure;
import org.omnimamba.training.scenes.judge.SceneReport;
import org.omnimamba.training.scenes.judge.SpriteClassifier;
import org.omnimamba.training.scenes.sprites.SpriteSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code omnimamba evaluate-scenes}: how well a model draws and sees scenes. */
@Command(
    name = "evaluate-scenes",
    mixinStandardHelpOptions = true,
    description = {
      "Measures a model on scenes: names, counts, colours, places, what is there and what is not.",
      "Drawings are judged by their pixels and by a classifier that was trained on sprites alone.",
      "Writes scenes.json and scenes.md."
    })
public final class EvaluateScenesCommand implements Callable<Integer> {
  private static final int CPU_SLOTS = 32;
  private static final int GPU_SLOTS = 128;
  private static final long JUDGE_SEED = 77;

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
      description = "Sprites, as 'prepare-scenes' leaves them.")
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
      names = "--count",
      paramLabel = "N",
      defaultValue = "200",
      description = "Scenes of each measure. Default: ${DEFAULT-VALUE}")
  private int count;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description =
          "Of drawn pictures. Default: what the model's generation_config.json says, or 1")
  private @Nullable Float temperature;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of scenes, words and drawings. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Override
  public Integer call() throws IOException {
    if (count < 1) {
      throw new ParameterException(spec.commandLine(), "--count must be at least 1");
    }
    PrintWriter err = spec.commandLine().getErr();
    SceneEvaluation.Sprites sprites =
        new SceneEvaluation.Sprites(
            SpriteSet.read(data, Split.TRAIN),
            SpriteSet.read(data, Split.HELDOUT),
            SpriteSet.read(data, Split.UNSEEN));
    err.println("omnimamba: training the judge on " + sprites.all().all().size() + " sprites");
    SceneJudge judge = new SceneJudge(SpriteClassifier.train(sprites.all(), JUDGE_SEED));
    err.println("omnimamba: loading " + model);
    try (OmniMamba loaded = OmniMamba.load(model, runtime())) {
      float drawn = temperature != null ? temperature : loaded.generation().imageTemperature();
      List<SceneMeasure> measures =
          new SceneEvaluation(
                  sprites,
                  judge,
                  new ModelSubject(loaded, SamplingParameters.defaults().withTemperature(drawn)),
                  count,
                  seed)
              .run(
                  each ->
                      err.printf(
                          Locale.ROOT, "omnimamba: %s: %.1f %%%n", each.name(), each.percent()));
      SceneReport report = new SceneReport(loaded.config().name(), seed, drawn, measures);
      report.write(out);
      spec.commandLine().getOut().print(report.markdown());
      spec.commandLine().getOut().flush();
    }
    return 0;
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
