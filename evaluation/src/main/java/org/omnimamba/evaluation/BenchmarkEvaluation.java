package org.omnimamba.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.omnimamba.evaluation.data.DataOptions;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.data.Question;
import org.omnimamba.evaluation.data.QuestionSet;
import org.omnimamba.evaluation.report.BenchmarkReport;
import org.omnimamba.evaluation.report.ReportFiles;
import org.omnimamba.evaluation.run.AnswerFile;
import org.omnimamba.evaluation.run.BenchmarkRun;
import org.omnimamba.evaluation.score.Judgement;
import org.omnimamba.evaluation.score.ScoreTable;
import org.omnimamba.evaluation.score.Scored;
import org.omnimamba.evaluation.score.Scorer;

/** Runs a benchmark from its files to its report. */
public final class BenchmarkEvaluation {
  /** Where pictures that lie inside data files go, in the folder of results. */
  private static final String SPOOL = "pictures";

  private final Benchmark benchmark;
  private final Settings settings;

  /**
   * What to run.
   *
   * @param data the folder with the published files
   * @param images the folder with the pictures; null for the usual places in the data
   * @param split null for the benchmark's usual one
   * @param limit questions of each category at most; null for all
   * @param scorer null for the usual one
   * @param instruction what follows questions of short answers in place of the usual instruction;
   *     null for that one
   * @param mostUnusablePercent a run with more unusable questions stops
   * @param out where results go, and where a run goes on that was interrupted
   */
  public record Settings(
      Path data,
      @Nullable Path images,
      @Nullable String split,
      @Nullable Integer limit,
      @Nullable String scorer,
      @Nullable String instruction,
      double mostUnusablePercent,
      Path out) {
    public Settings {
      if (limit != null && limit < 1) {
        throw new IllegalArgumentException("a limit is at least 1, not " + limit);
      }
      if (!(mostUnusablePercent >= 0 && mostUnusablePercent <= 100)) {
        throw new IllegalArgumentException(
            "a share is from 0 to 100 percent, not " + mostUnusablePercent);
      }
    }
  }

  /**
   * An evaluation that has not begun.
   *
   * @throws IllegalArgumentException if the benchmark has no such scorer
   */
  public BenchmarkEvaluation(Benchmark benchmark, Settings settings) {
    this.benchmark = benchmark;
    this.settings = settings;
    benchmark.scorer(settings.scorer());
  }

  /**
   * Asks what is not answered yet, scores, and writes the files of the report.
   *
   * @param asked what answers depend on besides the questions: the model and its settings. A run
   *     goes on only with the same
   * @param source the model; not opened if all is answered
   * @throws org.omnimamba.evaluation.data.UnusableDataException if the files cannot be read, or too
   *     much of them is unusable
   * @throws org.omnimamba.evaluation.run.RunMismatchException if the folder has another run
   */
  public BenchmarkReport run(
      Map<String, String> asked, BenchmarkRun.AnswererSource source, BenchmarkRun.Progress progress)
      throws IOException, InterruptedException {
    Files.createDirectories(settings.out());
    QuestionSet all =
        benchmark
            .reader()
            .read(
                new DataOptions(
                    settings.data(),
                    settings.images(),
                    settings.split(),
                    settings.out().resolve(SPOOL)))
            .withAnswers();
    if (settings.instruction() != null) {
      all = all.withInstruction(settings.instruction());
    }
    QuestionSet set =
        settings.limit() == null
            ? all
            : all.limited(settings.limit(), benchmark.scoresWholePictures());
    Map<String, String> identity = new LinkedHashMap<>(asked);
    identity.put("benchmark", benchmark.label());
    identity.put("questions", set.fingerprint());
    BenchmarkReport report;
    try (AnswerFile file = AnswerFile.open(settings.out().resolve("answers.jsonl"), identity)) {
      BenchmarkRun.Result result =
          new BenchmarkRun(set, settings.mostUnusablePercent(), progress).run(file, source);
      report = report(set, result, identity);
    }
    ReportFiles.write(report, settings.out());
    if (benchmark == Benchmark.VQAV2 && !report.hasScores()) {
      ReportFiles.writeForServer(report.scored(), settings.out().resolve("vqav2-results.json"));
    }
    return report;
  }

  private BenchmarkReport report(
      QuestionSet set, BenchmarkRun.Result result, Map<String, String> identity) {
    List<Fault> faults = new ArrayList<>(result.faults());
    List<Question> answered =
        set.questions().stream().filter(each -> result.answers().containsKey(each.id())).toList();
    if (benchmark.scoresWholePictures()) {
      answered = wholePictures(answered, faults);
    }
    boolean hasAnswers = answered.stream().noneMatch(each -> each.answers().isEmpty());
    Scorer scorer = benchmark.scorer(settings.scorer());
    List<Scored> scored = scored(answered, result.answers(), hasAnswers ? scorer : null);
    Map<String, Double> others = new LinkedHashMap<>();
    ScoreTable table = new ScoreTable(List.of(), List.of(), "", Double.NaN);
    if (hasAnswers && !scored.isEmpty()) {
      table = scorer.table(scored);
      for (Scorer other : benchmark.scorers()) {
        if (!other.label().equals(scorer.label())) {
          others.put(other.label(), other.table(scored(answered, result.answers(), other)).value());
        }
      }
    }
    return new BenchmarkReport(
        benchmark.label(),
        identity,
        scorer.label(),
        scorer.rule(),
        table,
        others,
        benchmark.figures(),
        scored,
        faults,
        set.notes());
  }

  private static List<Scored> scored(
      List<Question> questions, Map<String, String> answers, @Nullable Scorer scorer) {
    List<Scored> scored = new ArrayList<>();
    for (Question question : questions) {
      String answer = answers.getOrDefault(question.id(), "");
      scored.add(
          new Scored(
              question,
              answer,
              scorer == null ? new Judgement("", 0) : scorer.judge(question, answer)));
    }
    return scored;
  }

  /** Only the questions about pictures of which both questions have answers. */
  private static List<Question> wholePictures(List<Question> answered, List<Fault> faults) {
    Map<String, Long> counts =
        answered.stream()
            .collect(Collectors.groupingBy(each -> each.picture().name(), Collectors.counting()));
    List<Question> whole = new ArrayList<>();
    for (Question question : answered) {
      if (counts.getOrDefault(question.picture().name(), 0L) > 1) {
        whole.add(question);
      } else {
        faults.add(
            new Fault(
                Fault.Kind.INCOMPLETE_PAIR,
                question.id(),
                "the other question about the picture has no answer"));
      }
    }
    return whole;
  }
}
