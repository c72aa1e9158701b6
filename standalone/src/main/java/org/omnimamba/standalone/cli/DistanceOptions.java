package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.omnimamba.evaluation.data.CaptionFile;
import org.omnimamba.evaluation.distance.DrawnPictures;
import org.omnimamba.evaluation.distance.FeatureStatistics;
import org.omnimamba.evaluation.distance.FrechetDistance;
import org.omnimamba.evaluation.distance.PictureFeatures;
import org.omnimamba.evaluation.distance.PictureFiles;
import org.omnimamba.evaluation.report.DistanceReport;
import org.omnimamba.evaluation.run.AnswerFile;
import org.omnimamba.hub.cli.Terminal;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.sampling.SamplingParameters;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What the distances of drawn pictures from real ones have in common. */
final class DistanceOptions {
  @Option(
      names = "--captions",
      paramLabel = "FILE",
      required = true,
      description =
          "What to draw: COCO's captions_*.json, JSON lines with \"caption\", or a caption a line")
  private Path captions = Path.of("");

  @Option(
      names = "--images",
      paramLabel = "DIR",
      required = true,
      description = "Real pictures to compare with, in this folder and those below")
  private Path images = Path.of("");

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "30000",
      description = "Captions to draw, spread evenly over the file. Default: ${DEFAULT-VALUE}")
  private int count;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "Of drawing; 0 is greedy. Default: the model's own")
  private @Nullable Float temperature;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Of the first picture; each further one has the next. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Option(
      names = "--max-unusable",
      paramLabel = "PERCENT",
      defaultValue = "1",
      description = "Stop if more of the pictures are unusable. Default: ${DEFAULT-VALUE}")
  private double mostUnusable;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where pictures and results go. Default: benchmark- and the command's name")
  private @Nullable Path out;

  @Mixin private MeasuredModel measured = new MeasuredModel();

  /**
   * Draws, compares, reports.
   *
   * @param name what the distance is called
   * @param source the features, of a loaded model or not
   */
  int run(CommandSpec spec, String name, Function<OmniMamba, PictureFeatures> source)
      throws IOException {
    if (count < 2) {
      throw new ParameterException(spec.commandLine(), "--count must be at least 2");
    }
    PrintWriter err = spec.commandLine().getErr();
    Progress progress = new Progress(err, Terminal.isThere());
    List<String> asked = CaptionFile.spread(CaptionFile.read(captions), count);
    List<Path> real = PictureFiles.in(images);
    Path folder = out == null ? Path.of("benchmark-" + spec.name()) : out;
    Files.createDirectories(folder);
    Path directory = measured.locate(err);
    Map<String, String> run = new LinkedHashMap<>(measured.identity(directory));
    DistanceReport report;
    try (OmniMamba model = measured.load(directory, err)) {
      SamplingParameters sampling = sampling(spec, model);
      run.put("captions", asked.size() + ", " + asked.hashCode());
      run.put("temperature", String.valueOf(sampling.temperature()));
      run.put("seed", String.valueOf(seed));
      List<Path> drawn;
      // the pictures of another run are refused
      try (AnswerFile ignored = AnswerFile.open(folder.resolve("drawn.jsonl"), run)) {
        drawn =
            new DrawnPictures(folder.resolve("drawn"))
                .draw(
                    model,
                    asked,
                    sampling,
                    (done, of) -> progress.doing("drew %d of %d pictures".formatted(done, of)));
      }
      report = compare(name, model, source, drawn, real, run, progress);
    } finally {
      progress.done();
    }
    report.write(folder);
    spec.commandLine().getOut().print(report.text());
    spec.commandLine().getOut().flush();
    err.println("omnimamba: wrote " + folder);
    return 0;
  }

  private SamplingParameters sampling(CommandSpec spec, OmniMamba model) {
    try {
      return SamplingParameters.defaults()
          .withTemperature(
              temperature == null ? model.generation().imageTemperature() : temperature)
          .withSeed(seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private DistanceReport compare(
      String name,
      OmniMamba model,
      Function<OmniMamba, PictureFeatures> source,
      List<Path> drawn,
      List<Path> real,
      Map<String, String> run,
      Progress progress) {
    PictureFiles files = new PictureFiles(model.images().width(), mostUnusable);
    try (PictureFeatures features = source.apply(model)) {
      FeatureStatistics ofDrawn =
          files.statistics(
              drawn,
              features,
              (done, of) ->
                  progress.doing("looked at %d of %d drawn pictures".formatted(done, of)));
      FeatureStatistics ofReal =
          files.statistics(
              real,
              features,
              (done, of) -> progress.doing("looked at %d of %d real pictures".formatted(done, of)));
      progress.doing("comparing");
      FrechetDistance distance = FrechetDistance.between(ofDrawn, ofReal);
      return new DistanceReport(
          name,
          distance.value(),
          distance.fullRank() ? Double.NaN : distance.withOffset(),
          features.name(),
          ofDrawn.count(),
          ofReal.count(),
          run,
          files.faults());
    }
  }
}
