package org.omnimamba.evaluation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.evaluation.Benchmark;
import org.omnimamba.evaluation.BenchmarkEvaluation;
import org.omnimamba.evaluation.MadeUp;
import org.omnimamba.evaluation.report.BenchmarkReport;

/** A run that was killed goes on where it was, to the table of one that was not. */
class ResumeTest {
  private static final int ALL = 50;
  private static final int BEFORE_THE_KILL = 20;

  @TempDir Path folder;
  private Path data;
  private Path out;

  @BeforeEach
  void write() throws IOException {
    data = folder.resolve("data");
    out = folder.resolve("out");
    List<String> lines = new ArrayList<>();
    for (int i = 1; i <= ALL; i++) {
      lines.add(
          "{\"question_id\": %d, \"image\": \"a.png\", \"text\": \"Is it?\", \"label\": \"%s\"}"
              .formatted(i, i % 2 == 0 ? "yes" : "no"));
    }
    MadeUp.lines(data.resolve("coco_pope_random.json"), lines);
    MadeUp.picture(data.resolve("a.png"));
  }

  @Test
  void aKilledRunGoesOnToTheSameTable() throws Exception {
    killAfter(BEFORE_THE_KILL);
    // as if it had died while it wrote a line
    Files.writeString(
        out.resolve("answers.jsonl"), "{\"id\":\"random/21\",\"ans", StandardOpenOption.APPEND);

    MadeUp.Told rest = new MadeUp.Told(question -> RunProcess.answer(question.id()));
    BenchmarkReport resumed = run(out, rest);
    assertThat(rest.asked()).isEqualTo(ALL - BEFORE_THE_KILL);

    BenchmarkReport whole =
        run(folder.resolve("whole"), new MadeUp.Told(question -> RunProcess.answer(question.id())));
    assertThat(resumed.table()).isEqualTo(whole.table());
    for (String file : List.of("report.json", "report.csv", "report.html", "scored.jsonl")) {
      assertThat(out.resolve(file)).hasSameTextualContentAs(folder.resolve("whole").resolve(file));
    }
  }

  @Test
  void aFinishedRunAsksNothingAndNeedsNoModel() throws Exception {
    run(out, new MadeUp.Told(question -> "yes"));
    BenchmarkReport again =
        new BenchmarkEvaluation(Benchmark.POPE, MadeUp.settings(data, out, "lmms-eval"))
            .run(
                Map.of("model", "made up"),
                () -> {
                  throw new IllegalStateException("there is nothing to ask");
                },
                (done, of) -> {});
    assertThat(again.scored()).hasSize(ALL);
    assertThat(again.scorer()).isEqualTo("lmms-eval");
  }

  @Test
  void aSecondProcessIsKeptAwayUntilTheFirstEnds() throws Exception {
    Process first = startAndAwait(BEFORE_THE_KILL);
    try {
      assertThatThrownBy(() -> run(out, new MadeUp.Told(question -> "yes")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another process is writing");
    } finally {
      first.destroyForcibly().waitFor();
    }
    MadeUp.Told rest = new MadeUp.Told(question -> "yes");
    run(out, rest);
    assertThat(rest.asked()).isEqualTo(ALL - BEFORE_THE_KILL);
  }

  @Test
  void aRunThatDependsOnLessIsAnotherRun() throws Exception {
    Path file = folder.resolve("answers.jsonl");
    AnswerFile.open(file, Map.of("model", "m", "through", "process", "batch", "8")).close();
    assertThatThrownBy(() -> AnswerFile.open(file, Map.of("model", "m", "through", "process")))
        .isInstanceOf(RunMismatchException.class)
        .hasMessageContaining("batch was \"8\" and is \"\"");
  }

  @Test
  void theAnswersOfAnotherModelOrOfOtherQuestionsAreRefused() throws Exception {
    run(out, new MadeUp.Told(question -> "yes"));
    assertThatThrownBy(
            () ->
                new BenchmarkEvaluation(Benchmark.POPE, MadeUp.settings(data, out, "llava"))
                    .run(
                        Map.of("model", "another"),
                        () -> new MadeUp.Told(question -> "no"),
                        (done, of) -> {}))
        .isInstanceOf(RunMismatchException.class)
        .hasMessageContaining("model was \"made up\" and is \"another\"");
    Files.writeString(
        data.resolve("coco_pope_random.json"),
        Files.readString(data.resolve("coco_pope_random.json")).replaceFirst("Is it", "Was it"));
    assertThatThrownBy(() -> run(out, new MadeUp.Told(question -> "yes")))
        .isInstanceOf(RunMismatchException.class)
        .hasMessageContaining("questions was");
  }

  private BenchmarkReport run(Path results, MadeUp.Told told) throws Exception {
    return new BenchmarkEvaluation(Benchmark.POPE, MadeUp.settings(data, results, "llava"))
        .run(Map.of("model", "made up"), () -> told, (done, of) -> {});
  }

  private void killAfter(int answers) throws Exception {
    startAndAwait(answers).destroyForcibly().waitFor(); // SIGKILL
  }

  /** A run in a process of its own, which has given so many answers and gives no other. */
  private Process startAndAwait(int answers) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                RunProcess.class.getName(),
                data.toString(),
                out.toString(),
                String.valueOf(answers))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader reader = process.inputReader()) {
      assertThat(reader.readLine()).isEqualTo("READY");
      return process;
    } catch (IOException | AssertionError e) {
      process.destroyForcibly().waitFor();
      throw e;
    }
  }
}
