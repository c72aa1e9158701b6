package org.omnimamba.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.evaluation.report.BenchmarkReport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * 50 questions: five of each of ten kinds. An answer that m of ten people gave is worth, with one
 * of them left out, m times min(1, (m - 1) / 3) and 10 - m times min(1, m / 3), over ten: m = 1:
 * 9/3 = 3, so 0.3; m = 2: 2/3 + 16/3 = 6, so 0.6; m = 3: 2 + 7 = 9, so 0.9; m = 4 and more: 1.
 *
 * <pre>
 * kind  the ten answers            the model's answer   points
 * 0     yes x 10                   "yes"                1     all agree: compared as they are
 * 1     yes x 10                   "Yes."               0     ... so this is wrong; evalai: 1
 * 2     2 x 4, "two" x 2, 3 x 4    "two"                1     six are 2 after number words
 * 3     red x 3, blue x 7          "red"                0.9
 * 4     red x 2, blue x 8          "Red!"               0.6   punctuation and case
 * 5     red x 1, blue x 9          "red."               0.3
 * 6     "a cat" x 2, dog x 8       "the cat"            0.6   articles
 * 7     "dont know" x 5, "dog" x 5 "don't know"         1     contractions
 * 8     "1,000" x 4, "10" x 6      "1000"               1     a comma in a number
 * 9     cat x 5, dog x 5           ""                   0
 * vqa: 1 + 0 + 1 + .9 + .6 + .3 + .6 + 1 + 1 + 0 = 6.4 of 10 = 64; evalai: 7.4 of 10 = 74
 * Kinds 0 and 1 are of type yes/no: 50; 2 and 8 number: 100; the others other: 3.4/6 = 56.667
 * </pre>
 */
class Vqav2Test {
  private static final List<String> PEOPLE =
      List.of(
          "yes:10",
          "yes:10",
          "2:4,two:2,3:4",
          "red:3,blue:7",
          "red:2,blue:8",
          "red:1,blue:9",
          "a cat:2,dog:8",
          "dont know:5,dog:5",
          "1.000:4,10:6",
          "cat:5,dog:5");
  private static final List<String> SAID =
      List.of("yes", "Yes.", "two", "red", "Red!", "red.", "the cat", "don't know", "1000", "");

  @TempDir Path folder;
  private Path data;
  private final Map<String, String> answers = new HashMap<>();

  @BeforeEach
  void write() throws IOException {
    data = folder.resolve("data");
    List<String> questions = new ArrayList<>();
    List<String> annotations = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int kind = i % 10;
      String type = kind < 2 ? "yes/no" : kind == 2 || kind == 8 ? "number" : "other";
      questions.add(
          "{\"image_id\": 42, \"question\": \"What is it?\", \"question_id\": %d}"
              .formatted(42000 + i));
      annotations.add(
          ("{\"question_id\": %d, \"image_id\": 42, \"answer_type\": \"%s\", \"question_type\":"
                  + " \"what\", \"multiple_choice_answer\": \"x\", \"answers\": [%s]}")
              .formatted(42000 + i, type, ten(PEOPLE.get(kind))));
      answers.put(String.valueOf(42000 + i), SAID.get(kind));
    }
    for (String split : List.of("val2014", "test-dev2015")) {
      MadeUp.lines(
          data.resolve("v2_OpenEnded_mscoco_" + split + "_questions.json"),
          List.of(
              "{\"info\": {\"version\": \"2.0\"}, \"data_subtype\": \"%s\", \"questions\": [%s]}"
                  .formatted(split, String.join(",", questions))));
    }
    MadeUp.lines(
        data.resolve("v2_mscoco_val2014_annotations.json"),
        List.of("{\"annotations\": [" + String.join(",", annotations) + "], \"license\": {}}"));
    MadeUp.picture(data.resolve("val2014/COCO_val2014_000000000042.jpg"));
    MadeUp.picture(data.resolve("test2015/COCO_test2015_000000000042.jpg"));
  }

  /** In the list above a comma parts answers, so that 1,000 is written with a dot. */
  private static String ten(String people) {
    List<String> all = new ArrayList<>();
    for (String group : people.split(",")) {
      String[] parts = group.split(":");
      for (int i = 0; i < Integer.parseInt(parts[1]); i++) {
        all.add(parts[0].replace('.', ','));
      }
    }
    assertThat(all).hasSize(10);
    return IntStream.range(0, 10)
        .mapToObj(i -> "{\"answer\": \"%s\", \"answer_id\": %d}".formatted(all.get(i), i + 1))
        .collect(Collectors.joining(","));
  }

  private BenchmarkReport run(String split, String scorer, String out) throws Exception {
    return new BenchmarkEvaluation(
            Benchmark.VQAV2,
            new BenchmarkEvaluation.Settings(
                data, null, split, null, scorer, null, 1, folder.resolve(out)))
        .run(Map.of(), () -> new MadeUp.Told(each -> answers.get(each.id())), (done, of) -> {});
  }

  @Test
  void bothScorersByHand() throws Exception {
    BenchmarkReport report = run("val2014", "vqa", "out");
    assertThat(report.scored()).hasSize(50);
    assertThat(report.table().value()).isCloseTo(64, within(1e-9));
    assertThat(MadeUp.row(report.table(), "yes/no").get(0)).isCloseTo(50, within(1e-9));
    assertThat(MadeUp.row(report.table(), "number").get(0)).isCloseTo(100, within(1e-9));
    assertThat(MadeUp.row(report.table(), "other").get(0)).isCloseTo(340 / 6.0, within(1e-9));
    assertThat(report.others().get("evalai")).isCloseTo(74, within(1e-9));
  }

  @Test
  void answersToATestSplitAreWrittenForTheServer() throws Exception {
    BenchmarkReport report = run("test-dev2015", null, "test");
    assertThat(report.hasScores()).isFalse();
    assertThat(report.notes())
        .containsExactly("split test-dev2015 has no annotations: its answers are for the server");
    JsonNode results =
        JsonMapper.shared()
            .readTree(Files.readString(folder.resolve("test").resolve("vqav2-results.json")));
    assertThat(results.size()).isEqualTo(50);
    assertThat(results.get(2).path("question_id").isIntegralNumber()).isTrue();
    assertThat(results.get(2).path("question_id").asInt()).isEqualTo(42002);
    assertThat(results.get(2).path("answer").asString()).isEqualTo("two");
  }
}
