package org.omnimamba.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.evaluation.MadeUp;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.data.Picture;
import org.omnimamba.evaluation.data.Question;
import org.omnimamba.evaluation.score.GqaScorer;
import org.omnimamba.evaluation.score.Scored;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One right and one wrong answer of three questions, one of which has no picture. */
class ReportFilesTest {
  @TempDir Path folder;

  private BenchmarkReport report() throws Exception {
    Picture picture = new Picture("a.png", MadeUp.picture(folder.resolve("a.png")));
    Question hostile =
        new Question("1", "query", picture, "<script>alert(1)</script>", List.of("a & b"));
    Question plain = new Question("2", "verify, all", picture, "Is it \"red\"?", List.of("yes"));
    GqaScorer scorer = GqaScorer.EXACT;
    List<Scored> scored =
        List.of(
            new Scored(hostile, "<img src=x onerror='x'>", scorer.judge(hostile, "<img src=x>")),
            new Scored(plain, "Yes.", scorer.judge(plain, "Yes.")));
    return new BenchmarkReport(
        "gqa",
        Map.of("model", "made up"),
        scorer.label(),
        scorer.rule(),
        scorer.table(scored),
        Map.of("llava", 50.0),
        PaperFigures.GQA,
        scored,
        List.of(new Fault(Fault.Kind.MISSING_PICTURE, "file, 3", "there is no b.jpg")),
        List.of());
  }

  @Test
  void thePageIsWholeAndShowsWhatModelsWriteAsText() throws Exception {
    ReportFiles.write(report(), folder);
    String page = Files.readString(folder.resolve("report.html"));
    assertThat(page)
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .contains("&lt;img src=x onerror=&#39;x&#39;&gt;")
        .contains("a &amp; b")
        .contains("Wrong answers (1 of 2)")
        .contains("Right answers (1 of 2)")
        .contains("src=\"data:image/jpeg;base64,")
        .contains("Unusable: 1, missing picture.")
        .doesNotContain("<script")
        .doesNotContain("onerror='")
        .doesNotContain("http:")
        .doesNotContain("https:");
  }

  @Test
  void programsReadTheSameFigures() throws Exception {
    ReportFiles.write(report(), folder);
    JsonNode json = JsonMapper.shared().readTree(Files.readString(folder.resolve("report.json")));
    assertThat(json.path("value").asDouble()).isEqualTo(50);
    assertThat(json.path("unusable").asInt()).isEqualTo(1);
    assertThat(json.at("/faults/0/where").asString()).isEqualTo("file, 3");
    assertThat(json.at("/paper/models/OmniMamba-1.3B").asDouble()).isEqualTo(60.8);
    assertThat(Files.readAllLines(folder.resolve("report.csv")))
        .containsExactly(
            "category,questions,accuracy",
            "query,1,0.00",
            "\"verify, all\",1,100.00",
            "all,2,50.00",
            "unusable: missing picture,1");
    List<String> lines = Files.readAllLines(folder.resolve("scored.jsonl"));
    JsonNode second = JsonMapper.shared().readTree(lines.get(1));
    assertThat(second.path("answer").asString()).isEqualTo("Yes.");
    assertThat(second.path("read_as").asString()).isEqualTo("yes");
    assertThat(second.path("points").asDouble()).isEqualTo(1);
  }

  @Test
  void thePapersRowsStandBesideOurs() throws Exception {
    assertThat(TextReport.of(report()))
        .contains(
            """
            | model          | GQA   | from                   |
            | -------------- | ----- | ---------------------- |
            | made up        | 50.00 | this run, scorer exact |
            |                | 50.00 | llava                  |
            | OmniMamba-1.3B | 60.80 | the paper              |
            | JanusFlow      | 60.30 | the paper              |
            | Show-o         | 58.00 | the paper              |
            """)
        .contains("unusable: 1, missing picture\n  missing picture: file, 3: there is no b.jpg");
  }
}
