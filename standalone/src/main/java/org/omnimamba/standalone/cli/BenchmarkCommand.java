package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.omnimamba.evaluation.Benchmark;
import org.omnimamba.evaluation.BenchmarkEvaluation;
import org.omnimamba.evaluation.report.BenchmarkReport;
import org.omnimamba.evaluation.report.TextReport;
import org.omnimamba.evaluation.run.ApiAnswerer;
import org.omnimamba.evaluation.run.BenchmarkRun;
import org.omnimamba.evaluation.run.ModelAnswerer;
import org.omnimamba.hub.cli.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code omnimamba benchmark}: the field's benchmarks, and the paper's figures beside ours. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    description = {
      "Measures a model on a benchmark's published files, beside the paper's figures.",
      "A run that was interrupted goes on when the same command is given again."
    },
    synopsisSubcommandLabel = "BENCHMARK|COMMAND",
    subcommands = {FidCommand.class, TowersDistanceCommand.class})
final class BenchmarkCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Spec private CommandSpec spec;

  // these two are required, but not of a subcommand
  @Parameters(
      paramLabel = "BENCHMARK",
      arity = "0..1",
      description = "pope, mme, gqa, vqav2 or mmmu")
  private @Nullable String name;

  @Option(names = "--data", paramLabel = "DIR", description = "Its files as they are published")
  private @Nullable Path data;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "Its pictures. Default: the usual folders in the data")
  private @Nullable Path images;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      description = "Which split, where the data have several")
  private @Nullable String split;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where results go. Default: benchmark-BENCHMARK")
  private @Nullable Path out;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "The first questions of each category only")
  private @Nullable Integer limit;

  @Option(
      names = "--scorer",
      paramLabel = "NAME",
      description = {
        "pope: llava, lmms-eval; mme: mme, lmms-eval; gqa: exact, llava; vqav2: vqa, evalai;",
        "mmmu: wrong, chance. Default: the first"
      })
  private @Nullable String scorer;

  @Option(
      names = "--instruction",
      paramLabel = "TEXT",
      description = {
        "What follows a question that is to be answered shortly.",
        "Default: a line break and \"Answer the question using a single word or phrase.\""
      })
  private @Nullable String instruction;

  @Option(
      names = "--max-unusable",
      paramLabel = "PERCENT",
      defaultValue = "1",
      description = "Stop if more of the questions are unusable. Default: ${DEFAULT-VALUE}")
  private double mostUnusable;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "32",
      description = "Length of an answer at most. Default: ${DEFAULT-VALUE}")
  private int maxTokens;

  @Option(names = "--json", description = "Print report.json in place of the table")
  private boolean json;

  @Mixin private MeasuredModel measured = new MeasuredModel();
  @Mixin private ServedModel served = new ServedModel();

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Benchmark benchmark;
    BenchmarkEvaluation evaluation;
    if (name == null || data == null) {
      throw new ParameterException(
          spec.commandLine(), "name a benchmark and, with --data, where its files are");
    }
    Path folder = out == null ? Path.of("benchmark-" + name) : out;
    try {
      benchmark = Benchmark.named(name.toLowerCase(Locale.ROOT));
      evaluation =
          new BenchmarkEvaluation(
              benchmark,
              new BenchmarkEvaluation.Settings(
                  data, images, split, limit, scorer, instruction, mostUnusable, folder));
      if (maxTokens < 1 || served.parallel() < 1) {
        throw new IllegalArgumentException("--max-tokens and --parallel are at least 1");
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    Progress progress = new Progress(err, Terminal.isThere());
    Map<String, String> identity = new LinkedHashMap<>();
    BenchmarkRun.AnswererSource source = answerer(identity, err);
    identity.put("max_tokens", String.valueOf(maxTokens));
    BenchmarkReport report;
    try {
      report =
          evaluation.run(
              identity,
              source,
              (done, of) -> progress.doing("answered %d of %d questions".formatted(done, of)));
    } finally {
      progress.done();
    }
    PrintWriter result = spec.commandLine().getOut();
    result.print(json ? TextReport.json(report) : TextReport.of(report));
    result.flush();
    err.println("omnimamba: wrote " + folder);
    return 0;
  }

  /** Who answers; what its answers depend on is added to the identity. */
  private BenchmarkRun.AnswererSource answerer(Map<String, String> identity, PrintWriter err)
      throws IOException, InterruptedException {
    URI url = served.url();
    if (url == null) {
      Path directory = measured.locate(err);
      identity.put("through", "process");
      identity.putAll(measured.identity(directory));
      return () -> new ModelAnswerer(measured.load(directory, err), maxTokens);
    }
    if (measured.isNamed()) {
      throw new ParameterException(
          spec.commandLine(), "--model is for this process, --url for another; give one of them");
    }
    String key = served.key();
    String model = ApiAnswerer.modelAt(url, key);
    identity.put("through", "api");
    identity.put("model", model);
    ApiAnswerer.Settings settings =
        new ApiAnswerer.Settings(url, key, model, served.parallel(), maxTokens, PATIENCE);
    return () -> new ApiAnswerer(settings, time -> Thread.sleep(time.toMillis()));
  }
}
