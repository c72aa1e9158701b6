package org.omnimamba.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.data.UnusableDataException;
import org.omnimamba.evaluation.report.BenchmarkReport;

/**
 * 50 questions: 20 verify, 20 query, 10 choose.
 *
 * <pre>
 *             right answer  answers                        exact  llava
 * verify 1-20 yes           "yes" x 5                      5      5
 *                           "Yes." x 5                     5      5
 *                           "yes!" x 5                     5      0
 *                           "no", "", "yes it is", "y",
 *                           " yes" (a space before)        1      0
 * query 1-20  t-shirt       "t-shirt" x 10                 10     10
 *                           "T-Shirt..." x 5               5      5
 *                           "tshirt" x 5                   5      0
 * choose 1-10 dark blue     "dark blue" x 4                4      4
 *                           "blue" x 6                     0      0
 * exact: verify 16/20 = 80, query 20/20 = 100, choose 40, all 40/50 = 80
 * llava: verify 10/20 = 50, query 15/20 = 75, choose 40, all 29/50 = 58
 * </pre>
 */
class GqaTest {
  @TempDir Path folder;
  private Path data;
  private final List<String> entries = new ArrayList<>();
  private final Map<String, String> answers = new HashMap<>();

  @BeforeEach
  void write() throws IOException {
    data = folder.resolve("data");
    String rest = "no||yes it is|y| yes";
    add("verify", "yes", repeated("yes", 5), repeated("Yes.", 5), repeated("yes!", 5), rest);
    add(
        "query",
        "t-shirt",
        repeated("t-shirt", 10),
        repeated("T-Shirt...", 5),
        repeated("tshirt", 5));
    add("choose", "dark blue", repeated("dark blue", 4), repeated("blue", 6));
    save(String.join(",\n", entries));
    for (int i = 0; i < 5; i++) {
      MadeUp.picture(data.resolve("images").resolve("n" + i + ".jpg"));
    }
  }

  private static String repeated(String answer, int times) {
    return String.join("|", Collections.nCopies(times, answer));
  }

  private void add(String type, String right, String... said) {
    for (String answer : String.join("|", said).split("\\|", -1)) {
      String id = "%08d".formatted(20_000_000 + entries.size());
      entries.add(
          ("\"%s\": {\"imageId\": \"n%d\", \"question\": \"What is it?\", \"answer\": \"%s\","
                  + " \"types\": {\"structural\": \"%s\", \"semantic\": \"obj\"}, \"isBalanced\":"
                  + " true}")
              .formatted(id, entries.size() % 5, right, type));
      answers.put(id, answer);
    }
  }

  private void save(String members) throws IOException {
    MadeUp.lines(data.resolve("testdev_balanced_questions.json"), List.of("{" + members + "}"));
  }

  @Test
  void bothScorersByHand() throws Exception {
    BenchmarkReport exact = MadeUp.run(Benchmark.GQA, data, folder.resolve("a"), "exact", answers);
    assertThat(exact.scored()).hasSize(50);
    assertThat(MadeUp.row(exact.table(), "verify")).containsExactly(80.0);
    assertThat(MadeUp.row(exact.table(), "query")).containsExactly(100.0);
    assertThat(MadeUp.row(exact.table(), "choose")).containsExactly(40.0);
    assertThat(exact.table().value()).isEqualTo(80);
    BenchmarkReport llava = MadeUp.run(Benchmark.GQA, data, folder.resolve("b"), "llava", answers);
    assertThat(MadeUp.row(llava.table(), "verify")).containsExactly(50.0);
    assertThat(MadeUp.row(llava.table(), "query")).containsExactly(75.0);
    assertThat(MadeUp.row(llava.table(), "choose")).containsExactly(40.0);
    assertThat(llava.table().value()).isCloseTo(58, within(1e-9));
  }

  /** As one JSON object the second of two equal ids would replace the first, unseen. */
  @Test
  void anIdThatComesTwiceIsNamed() throws Exception {
    save(String.join(",", entries) + "," + entries.get(0));
    assertThatThrownBy(() -> MadeUp.run(Benchmark.GQA, data, folder.resolve("a"), "exact", answers))
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("1 of 51 questions are unusable")
        .hasMessageContaining("duplicate question: testdev_balanced_questions.json, 20000000");
  }

  @Test
  void aDamagedByteLosesOneQuestion() throws Exception {
    byte[] file =
        ("{" + String.join(",", entries) + "}")
            .replaceFirst("What is", "What \u00e9s")
            .getBytes(StandardCharsets.ISO_8859_1);
    Files.write(data.resolve("testdev_balanced_questions.json"), file);
    BenchmarkReport report =
        new BenchmarkEvaluation(
                Benchmark.GQA,
                new BenchmarkEvaluation.Settings(
                    data, null, null, null, null, null, 5, folder.resolve("out")))
            .run(Map.of(), () -> new MadeUp.Told(each -> "yes"), (done, of) -> {});
    assertThat(report.scored()).hasSize(49);
    assertThat(report.faults())
        .singleElement()
        .satisfies(fault -> assertThat(fault.kind()).isEqualTo(Fault.Kind.WRONG_ENCODING));
  }

  @Test
  void aFileThatIsCutOffOrNotThereStopsTheRun() throws Exception {
    save(String.join(",", entries) + ",\"x\": {");
    assertThatThrownBy(() -> MadeUp.run(Benchmark.GQA, data, folder.resolve("a"), "exact", answers))
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("is cut off or damaged");
    Files.delete(data.resolve("testdev_balanced_questions.json"));
    assertThatThrownBy(() -> MadeUp.run(Benchmark.GQA, data, folder.resolve("a"), "exact", answers))
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("there is no testdev_balanced_questions.json");
  }
}
