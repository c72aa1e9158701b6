package org.omnimamba.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.data.Question;
import org.omnimamba.evaluation.data.QuestionReader;
import org.omnimamba.evaluation.report.BenchmarkReport;
import org.omnimamba.evaluation.score.ScoreTable;

/**
 * 50 questions: 20 random, 20 popular, 10 adversarial, the first half of each with the label yes.
 *
 * <pre>
 * random, right answer yes (10):  "Yes" x 6, "yes.", "Yes, there is.", "No", "no."
 * random, right answer no (10):   "No" x 5, "no", "No, it is not.", "There is not.", "", "Yes"
 * popular (10 + 10):              "yes" to all
 * adversarial (5 + 5):            right to all
 * </pre>
 *
 * LLaVA's scorer reads, in random: yes, yes, yes of the first 8, no of the next 2; no of 8 of the
 * others ("There is not." has the word not), yes of "" and of "Yes".
 *
 * <pre>
 * random:  TP 8, FN 2, TN 8, FP 2: accuracy 16/20 = 80, precision 8/10 = 80, recall 80, F1 80,
 *          yes 10/20 = 50
 * popular: TP 10, FP 10: accuracy 50, precision 50, recall 100, F1 2*50*100/150 = 66.667, yes 100
 * adversarial: 100, 100, 100, 100, yes 50
 * means:   accuracy 230/3 = 76.667, F1 (80 + 66.667 + 100) / 3 = 82.222
 * </pre>
 *
 * lmms-eval's scorer wants the word. In random it reads "yes" of 6; "yes.", "Yes, there is." and
 * "no." are neither; "No" is no. Of the others: no of 6, neither of three, yes of one.
 *
 * <pre>
 * random:  TP 6, FN 1, FP 1, right 6 + 6 = 12: accuracy 60, precision 6/7 = 85.714,
 *          recall 6/7 = 85.714, F1 85.714, yes 7/20 = 35
 * </pre>
 */
class PopeTest {
  private static final List<String> TO_YES =
      List.of("Yes", "Yes", "Yes", "Yes", "Yes", "Yes", "yes.", "Yes, there is.", "No", "no.");
  private static final List<String> TO_NO =
      List.of("No", "No", "No", "No", "No", "no", "No, it is not.", "There is not.", "", "Yes");

  @TempDir Path folder;
  private Path data;
  private final Map<String, String> answers = new HashMap<>();

  @BeforeEach
  void write() throws IOException {
    data = folder.resolve("data");
    category("random", 20);
    category("popular", 20);
    category("adversarial", 10);
    for (int i = 1; i <= 20; i++) {
      answers.put("random/" + i, i <= 10 ? TO_YES.get(i - 1) : TO_NO.get(i - 11));
      answers.put("popular/" + i, "yes");
      answers.put("adversarial/" + i, i <= 5 ? "yes" : "no");
    }
    for (int i = 0; i < 10; i++) {
      MadeUp.picture(data.resolve("val2014").resolve("COCO_val2014_%012d.jpg".formatted(i)));
    }
  }

  private void category(String name, int questions) throws IOException {
    MadeUp.lines(data.resolve("coco").resolve("coco_pope_" + name + ".json"), entries(questions));
  }

  private static List<String> entries(int questions) {
    List<String> lines = new ArrayList<>();
    for (int i = 1; i <= questions; i++) {
      lines.add(
          ("{\"question_id\": %d, \"image\": \"COCO_val2014_%012d.jpg\", \"text\": \"Is there a"
                  + " snowboard in the image?\", \"label\": \"%s\"}")
              .formatted(i, i % 10, i <= questions / 2 ? "yes" : "no"));
    }
    return lines;
  }

  @Test
  void llavaScores() throws Exception {
    BenchmarkReport report =
        MadeUp.run(Benchmark.POPE, data, folder.resolve("out"), "llava", answers);
    assertThat(report.scored()).hasSize(50);
    assertThat(report.faults()).isEmpty();
    ScoreTable table = report.table();
    assertThat(table.columns()).containsExactly("accuracy", "precision", "recall", "F1", "yes");
    assertRow(table, "random", 80, 80, 80, 80, 50);
    assertRow(table, "popular", 50, 50, 100, 200 / 3.0, 100);
    assertRow(table, "adversarial", 100, 100, 100, 100, 50);
    assertRow(table, "mean", 230 / 3.0, 230 / 3.0, 280 / 3.0, 740 / 9.0, 200 / 3.0);
    assertThat(table.value()).isCloseTo(740 / 9.0, within(1e-9));
  }

  @Test
  void lmmsEvalScores() throws Exception {
    BenchmarkReport report =
        MadeUp.run(Benchmark.POPE, data, folder.resolve("out"), "lmms-eval", answers);
    assertRow(report.table(), "random", 60, 600 / 7.0, 600 / 7.0, 600 / 7.0, 35);
    assertRow(report.table(), "popular", 50, 50, 100, 200 / 3.0, 100);
    // what the other scorer gives stands beside it
    assertThat(report.others()).containsOnlyKeys("llava");
    assertThat(report.others().get("llava")).isCloseTo(740 / 9.0, within(1e-9));
  }

  @Test
  void theQuestionIsAskedForAWord() throws Exception {
    BenchmarkReport report =
        MadeUp.run(Benchmark.POPE, data, folder.resolve("out"), "llava", answers);
    Question question = report.scored().get(0).question();
    assertThat(question.text())
        .isEqualTo("Is there a snowboard in the image?" + QuestionReader.SHORT_ANSWER)
        .endsWith("\nAnswer the question using a single word or phrase.");
  }

  @Test
  void whatCannotBeUsedIsNamedAndCounted() throws Exception {
    List<String> lines = new ArrayList<>(entries(20));
    lines.add(lines.get(0));
    lines.add("{\"question_id\": 21, \"image\": \"COCO_val2014_000000000001.jpg\", \"text\"");
    lines.add(lines.get(1).replace("\": 2,", "\": 22,").replace("yes", "maybe"));
    lines.add(lines.get(1).replace("\": 2,", "\": 23,").replace("000002", "999999"));
    lines.add(lines.get(1).replace("\": 2,", "\": 24,").replace("COCO", "../COCO"));
    MadeUp.lines(data.resolve("coco").resolve("coco_pope_random.json"), lines);
    BenchmarkReport report =
        new BenchmarkEvaluation(
                Benchmark.POPE,
                new BenchmarkEvaluation.Settings(
                    data, null, null, null, null, null, 20, folder.resolve("out")))
            .run(Map.of(), () -> new MadeUp.Told(question -> "yes"), (done, of) -> {});
    assertThat(report.scored()).hasSize(50);
    assertThat(report.faults())
        .extracting(Fault::kind)
        .containsExactly(
            Fault.Kind.DUPLICATE_QUESTION,
            Fault.Kind.MALFORMED_ENTRY,
            Fault.Kind.MALFORMED_ENTRY,
            Fault.Kind.MISSING_PICTURE,
            Fault.Kind.MISSING_PICTURE);
    assertThat(report.faults().get(0).where()).isEqualTo("coco_pope_random.json, line 21");
  }

  private static void assertRow(ScoreTable table, String name, double... values) {
    List<Double> row = MadeUp.row(table, name);
    assertThat(row).hasSize(values.length);
    for (int i = 0; i < values.length; i++) {
      assertThat(row.get(i))
          .as(name + " " + table.columns().get(i))
          .isCloseTo(values[i], within(1e-9));
    }
  }
}
