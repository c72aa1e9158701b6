package org.omnimamba.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.evaluation.data.UnusableDataException;
import org.omnimamba.evaluation.report.BenchmarkReport;

/**
 * 50 questions: 5 pictures in each of existence, OCR, artwork, code_reasoning and scene. The first
 * question's answer is yes, the second's is no.
 *
 * <pre>
 * existence:      all right:                              accuracy 100, accuracy+ 100, score 200
 * OCR:            "yes" to all:                           accuracy 50,  accuracy+ 0,   score 50
 * artwork:        picture 1 "yes." and "No, it is not.", both right; picture 2 "  yes" (the fifth
 *                 character is the e: its first four are "  ye", so other) and "no"; picture 3 "y"
 *                 (other) and "n" (other); picture 4 "" and "not" (its first four hold no);
 *                 picture 5 "Indeed, yes" and "none": the first is other, the second no.
 *                 right: 2 + 1 + 0 + 1 + 1 = 5 of 10:     accuracy 50,  accuracy+ 20,  score 70
 * scene:          none right:                             0, 0, 0
 * code_reasoning: all right:                              200, in cognition
 * perception 200 + 50 + 70 + 0 = 320, cognition 200
 * </pre>
 *
 * lmms-eval's way also takes " yes", "y" and "n": artwork has 8 of 10 and 3 of 5 pictures: 80 + 60
 * = 140, perception 390.
 */
class MmeTest {
  private static final List<String> CATEGORIES =
      List.of("existence", "OCR", "artwork", "scene", "code_reasoning");
  private static final List<String> ARTWORK =
      List.of("yes.", "No, it is not.", "  yes", "no", "y", "n", "", "not", "Indeed, yes", "none");

  @TempDir Path folder;
  private Path data;
  private final Map<String, String> answers = new HashMap<>();

  @BeforeEach
  void write() throws IOException {
    data = folder.resolve("data");
    Path release = data.resolve("MME_Benchmark_release_version");
    for (String category : CATEGORIES) {
      boolean parted = category.equals("artwork") || category.equals("scene");
      for (int i = 1; i <= 5; i++) {
        Path at = release.resolve(category);
        MadeUp.picture(at.resolve(parted ? "images" : "").resolve(i + (parted ? ".jpg" : ".png")));
        MadeUp.lines(
            at.resolve(parted ? "questions_answers_YN" : "").resolve(i + ".txt"),
            List.of(
                "Is there a red apple? Please answer yes or no.\tYes",
                "Is there a \"green\" apple? Please answer yes or no.\tNo"));
        answer(category, i, "yes", "no");
      }
    }
    for (int i = 1; i <= 5; i++) {
      answer("OCR", i, "Yes", "Yes");
      answer("scene", i, "no", "yes");
      answer("artwork", i, ARTWORK.get(2 * i - 2), ARTWORK.get(2 * i - 1));
    }
  }

  private void answer(String category, int picture, String first, String second) {
    answers.put("%s/%d/1".formatted(category, picture), first);
    answers.put("%s/%d/2".formatted(category, picture), second);
  }

  @Test
  void scoresArePerPicture() throws Exception {
    BenchmarkReport report = MadeUp.run(Benchmark.MME, data, folder.resolve("out"), "mme", answers);
    assertThat(report.scored()).hasSize(50);
    assertThat(report.faults()).isEmpty();
    assertThat(MadeUp.row(report.table(), "existence")).containsExactly(100.0, 100.0, 200.0);
    assertThat(MadeUp.row(report.table(), "OCR")).containsExactly(50.0, 0.0, 50.0);
    assertThat(MadeUp.row(report.table(), "artwork")).containsExactly(50.0, 20.0, 70.0);
    assertThat(MadeUp.row(report.table(), "scene")).containsExactly(0.0, 0.0, 0.0);
    assertThat(MadeUp.row(report.table(), "perception").get(2)).isEqualTo(320);
    assertThat(MadeUp.row(report.table(), "cognition").get(2)).isEqualTo(200);
    assertThat(report.table().value()).isEqualTo(320);
    assertThat(report.others().get("lmms-eval")).isEqualTo(390);
    assertThat(report.notes()).contains("there is no folder of category count");
    assertThat(report.scored().get(0).question().text())
        .isEqualTo("Is there a red apple?\nAnswer the question using a single word or phrase.");
  }

  @Test
  void aLimitLeavesPicturesWhole() throws Exception {
    BenchmarkReport report =
        new BenchmarkEvaluation(
                Benchmark.MME,
                new BenchmarkEvaluation.Settings(
                    data, null, null, 3, null, null, 1, folder.resolve("out")))
            .run(Map.of(), () -> new MadeUp.Told(each -> answers.get(each.id())), (done, of) -> {});
    // three of a category are one picture and a half; both questions about it are asked
    assertThat(report.scored()).hasSize(4 * CATEGORIES.size());
    assertThat(report.notes()).contains("20 of 50 questions are asked");
  }

  @Test
  void aPictureWithOneUsableQuestionIsOut() throws Exception {
    Path texts = data.resolve("MME_Benchmark_release_version").resolve("OCR");
    MadeUp.lines(
        texts.resolve("1.txt"), List.of("Is it? Please answer yes or no.\tYes", "Is it not?"));
    Files.delete(texts.resolve("2.png"));
    assertThatThrownBy(() -> MadeUp.run(Benchmark.MME, data, folder.resolve("out"), "mme", answers))
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("4 of 50 questions are unusable, more than 1.0 %")
        .hasMessageContaining("malformed entry: OCR/1.txt, line 2")
        .hasMessageContaining("missing picture: OCR/2.txt, line 1")
        .hasMessageContaining("incomplete pair: OCR/1/1");
    BenchmarkReport report =
        new BenchmarkEvaluation(
                Benchmark.MME,
                new BenchmarkEvaluation.Settings(
                    data, null, null, null, null, null, 8, folder.resolve("out")))
            .run(
                Map.of("model", "made up"),
                () -> new MadeUp.Told(each -> answers.get(each.id())),
                (done, of) -> {});
    assertThat(report.scored()).hasSize(46);
    assertThat(report.unusable()).isEqualTo(4);
    // 3 pictures are left of OCR
    assertThat(MadeUp.row(report.table(), "OCR")).containsExactly(50.0, 0.0, 50.0);
  }

  /** The second row of a picture names the first; quotes are as spreadsheets write them. */
  @Test
  void aTableIsReadToo() throws Exception {
    Path table = folder.resolve("table");
    List<String> rows = new ArrayList<>(List.of("index\tquestion\tanswer\tcategory\timage"));
    for (int i = 0; i < 50; i += 2) {
      String image =
          Base64.getEncoder()
              .encodeToString(
                  Files.readAllBytes(MadeUp.picture(folder.resolve("made").resolve(i + ".png"))));
      rows.add(i + "\t\"Is it \"\"red\"\"?\nPlease answer yes or no.\"\tYes\tcolor\t" + image);
      rows.add((i + 1) + "\tIs it blue? Please answer yes or no.\tNo\tcolor\t" + i);
    }
    MadeUp.lines(table.resolve("MME.tsv"), rows);
    BenchmarkReport report =
        new BenchmarkEvaluation(Benchmark.MME, MadeUp.settings(table, folder.resolve("out"), "mme"))
            .run(Map.of(), () -> new MadeUp.Told(each -> "yes"), (done, of) -> {});
    assertThat(report.faults()).isEmpty();
    assertThat(report.scored()).hasSize(50);
    assertThat(report.scored().get(0).question().text()).startsWith("Is it \"red\"?\nPlease");
    assertThat(MadeUp.row(report.table(), "color")).containsExactly(50.0, 0.0, 50.0);
  }
}
