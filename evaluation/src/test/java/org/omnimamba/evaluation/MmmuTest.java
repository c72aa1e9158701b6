package org.omnimamba.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.data.UnusableDataException;
import org.omnimamba.evaluation.report.BenchmarkReport;
import org.omnimamba.evaluation.score.Judgement;
import org.omnimamba.evaluation.score.MmmuScorer;

/**
 * 50 questions in Parquet files: 30 of Accounting with four options, right is B; 20 of Music, open,
 * right is 3.5 of the first ten and "sonata" or "Sonata form" of the others.
 *
 * <pre>
 * Accounting, each answer three times
 *   "B" 1   "(B)" 1   "b" 0 (no letter)   "B." 1   "The answer is (A), or rather (B)" 1
 *   "A or B" 1 (the last one)   "It costs $6 in all, so to say" 0 (the text of A; seven words)
 *   "" 0   "$8" 0 (the text of B, but too few words)   "C" 0
 *   5 of 10: 50 %
 * Music, each answer twice
 *   3.5:    "3.5" 1   "It is 3.50." 1   "x = 3.5" 1   "3" 0   "" 0
 *   sonata: "a sonata" 1   "Sonata" 1   "The final answer is sonata form." 1   "fugue" 0   "s" 0
 *   6 of 10: 60 %
 * all: (15 + 12) / 50 = 54 %
 * </pre>
 *
 * By chance, "b", "" and "$8" get the letter of the question's own chance.
 */
class MmmuTest {
  private static final List<String> CHOSEN =
      List.of(
          "B",
          "(B)",
          "b",
          "B.",
          "The answer is (A), or rather (B)",
          "A or B",
          "It costs $6 in all, so to say",
          "",
          "$8",
          "C");
  private static final List<String> NUMBERS = List.of("3.5", "It is 3.50.", "x = 3.5", "3", "");
  private static final List<String> TEXTS =
      List.of("a sonata", "Sonata", "The final answer is sonata form.", "fugue", "s");

  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message mmmu {
            optional binary id (STRING);
            optional binary question (STRING);
            optional binary options (STRING);
            optional group image_1 { optional binary bytes; optional binary path (STRING); }
            optional group image_2 { optional binary bytes; optional binary path (STRING); }
            optional binary answer (STRING);
            optional binary question_type (STRING);
          }
          """);

  @TempDir Path folder;
  private Path data;
  private byte[] picture;
  private final Map<String, String> answers = new HashMap<>();

  @BeforeEach
  void write() throws IOException {
    data = folder.resolve("data");
    picture = Files.readAllBytes(MadeUp.picture(folder.resolve("a.png")));
    List<Group> accounting = new ArrayList<>();
    for (int i = 1; i <= 30; i++) {
      String id = "validation_Accounting_" + i;
      accounting.add(
          row(
              id,
              "What does it cost? <image 1>",
              "['$6', \"$8\", 'it\\'s free', '<image 2>']",
              "B",
              "multiple-choice"));
      answers.put(id, CHOSEN.get(i % 10));
    }
    write("Accounting", accounting);
    List<Group> music = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      String id = "validation_Music_" + i;
      boolean number = i <= 10;
      music.add(
          row(
              id,
              "<image 1> What is it?",
              "[]",
              number ? "3.5" : "['sonata', 'Sonata form']",
              "open"));
      answers.put(id, (number ? NUMBERS : TEXTS).get(i % 5));
    }
    write("Music", music);
  }

  private Group row(String id, String question, String options, String answer, String type) {
    SimpleGroup row = new SimpleGroup(SCHEMA);
    row.add("id", id);
    row.add("question", question);
    row.add("options", options);
    row.add("answer", answer);
    row.add("question_type", type);
    row.addGroup("image_1").append("bytes", Binary.fromConstantByteArray(picture));
    return row;
  }

  private void write(String subject, List<Group> rows) throws IOException {
    Path file = data.resolve(subject).resolve("validation-00000-of-00001.parquet");
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withType(SCHEMA)
            .withConf(new PlainParquetConfiguration())
            .withCompressionCodec(CompressionCodecName.SNAPPY)
            .build()) {
      for (Group row : rows) {
        writer.write(row);
      }
    }
  }

  @Test
  void scoresByHand() throws Exception {
    BenchmarkReport report =
        MadeUp.run(Benchmark.MMMU, data, folder.resolve("out"), "wrong", answers);
    assertThat(report.faults()).isEmpty();
    assertThat(report.scored()).hasSize(50);
    assertThat(MadeUp.row(report.table(), "Accounting").get(0)).isCloseTo(50, within(1e-9));
    assertThat(MadeUp.row(report.table(), "Music").get(0)).isCloseTo(60, within(1e-9));
    assertThat(report.table().value()).isCloseTo(54, within(1e-9));
    assertThat(report.notes())
        .containsExactly("30 questions have several pictures, of which the first is shown");
    assertThat(report.scored().get(0).question().text())
        .isEqualTo(
            "What does it cost?\n\n(A) $6\n(B) $8\n(C) it's free\n(D) <image 2>\n\n"
                + "Answer with the option's letter from the given choices directly.");
  }

  @Test
  void chanceGivesALetterAndTheSameEachTime() throws Exception {
    BenchmarkReport report =
        MadeUp.run(Benchmark.MMMU, data, folder.resolve("out"), "chance", answers);
    for (var each : report.scored()) {
      if (!each.question().options().isEmpty()) {
        assertThat(each.judgement().readAs()).isIn("A", "B", "C", "D");
        Judgement again = MmmuScorer.CHANCE.judge(each.question(), each.answer());
        assertThat(again).isEqualTo(each.judgement());
      }
    }
    assertThat(report.table().value()).isGreaterThanOrEqualTo(54 - 1e-9);
  }

  /** Whether its end is lost, with the list of what it holds, or its middle. */
  @Test
  void aDamagedFileIsNamedAndItsQuestionsAreCounted() throws Exception {
    Path music = data.resolve("Music").resolve("validation-00000-of-00001.parquet");
    byte[] whole = Files.readAllBytes(music);
    Files.write(music, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(
            () -> MadeUp.run(Benchmark.MMMU, data, folder.resolve("out"), "wrong", answers))
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("30 of 60 questions are unusable")
        .hasMessageContaining("unreadable file: Music/validation-00000-of-00001.parquet")
        .hasMessageContaining("cut off or damaged");
    byte[] torn = whole.clone();
    Arrays.fill(torn, 4, endOfRows(whole), (byte) 0x7f);
    Files.write(music, torn);
    BenchmarkReport report =
        new BenchmarkEvaluation(
                Benchmark.MMMU,
                new BenchmarkEvaluation.Settings(
                    data, null, null, null, null, null, 50, folder.resolve("out")))
            .run(
                Map.of("model", "made up"),
                () -> new MadeUp.Told(each -> answers.get(each.id())),
                (done, of) -> {});
    assertThat(report.unusable()).isEqualTo(20);
    assertThat(report.scored()).hasSize(30);
  }

  /** Where the list of what a Parquet file holds begins; its length and four letters follow it. */
  private static int endOfRows(byte[] parquet) {
    int end = parquet.length - 2 * Integer.BYTES;
    return end - ByteBuffer.wrap(parquet).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
  }

  @Test
  void rowsThatAreNoQuestionsAreNamed() throws Exception {
    Group noPicture = row("validation_Music_1", "What?", "[]", "a", "open");
    SimpleGroup bare = new SimpleGroup(SCHEMA);
    for (String name : List.of("id", "question", "options", "answer", "question_type")) {
      bare.add(name, noPicture.getString(name, 0));
    }
    write(
        "Music",
        List.of(
            bare,
            row("validation_Music_2", "What?", "['a', 'b'", "A", "multiple-choice"),
            row("validation_Music_3", "What?", "['a', 'b']", "C", "multiple-choice"),
            row("validation_Accounting_1", "What?", "['a', 'b']", "A", "multiple-choice")));
    BenchmarkReport report =
        new BenchmarkEvaluation(
                Benchmark.MMMU,
                new BenchmarkEvaluation.Settings(
                    data, null, null, null, null, null, 50, folder.resolve("out")))
            .run(Map.of(), () -> new MadeUp.Told(each -> "B"), (done, of) -> {});
    assertThat(report.faults())
        .extracting(Fault::kind)
        .containsExactly(
            Fault.Kind.MISSING_PICTURE,
            Fault.Kind.MALFORMED_ENTRY,
            Fault.Kind.MALFORMED_ENTRY,
            Fault.Kind.DUPLICATE_QUESTION);
    assertThat(report.table().value()).isEqualTo(100);
  }

  @Test
  void questionsWithoutAnAnswerAreNamedAndTheOthersScored() throws Exception {
    write(
        "Music",
        List.of(
            row("validation_Music_1", "What?", "['a', 'b']", "?", "multiple-choice"),
            row("validation_Music_2", "What?", "['a', 'b']", "A", "multiple-choice")));
    BenchmarkReport report = answeredWithB("some");
    assertThat(report.faults())
        .extracting(Fault::kind, Fault::where)
        .containsExactly(tuple(Fault.Kind.MALFORMED_ENTRY, "validation_Music_1"));
    assertThat(report.scored()).hasSize(31);
    assertThat(report.table().value()).isCloseTo(100 * 30 / 31.0, within(1e-9));
  }

  @Test
  void withoutAnyAnswerAllAreAskedAndNoneIsScored() throws Exception {
    for (String subject : List.of("Accounting", "Music")) {
      String id = "validation_" + subject + "_1";
      write(subject, List.of(row(id, "What?", "['a', 'b']", "?", "multiple-choice")));
    }
    BenchmarkReport report = answeredWithB("none");
    assertThat(report.faults()).isEmpty();
    assertThat(report.scored()).hasSize(2);
    assertThat(report.hasScores()).isFalse();
  }

  private BenchmarkReport answeredWithB(String out) throws Exception {
    return new BenchmarkEvaluation(
            Benchmark.MMMU,
            new BenchmarkEvaluation.Settings(
                data, null, null, null, null, null, 50, folder.resolve(out)))
        .run(Map.of(), () -> new MadeUp.Told(each -> "B"), (done, of) -> {});
  }

  @Test
  void jsonLinesAreReadToo() throws Exception {
    Path lines = folder.resolve("lines");
    MadeUp.picture(lines.resolve("images").resolve("a.png"));
    MadeUp.lines(
        lines.resolve("validation.jsonl"),
        List.of(
            "{\"id\": \"validation_Art_1\", \"question\": \"What?\", \"options\": [\"it's\", \"b\"],"
                + " \"answer\": \"A\", \"question_type\": \"multiple-choice\", \"image_1\":"
                + " \"a.png\"}",
            "{\"id\": \"validation_Art_2\", \"question\": \"What?\", \"options\": [], \"answer\":"
                + " \"art\", \"question_type\": \"open\", \"image_1\": \"a.png\"}"));
    BenchmarkReport report =
        new BenchmarkEvaluation(
                Benchmark.MMMU, MadeUp.settings(lines, folder.resolve("out"), "wrong"))
            .run(Map.of(), () -> new MadeUp.Told(each -> "A"), (done, of) -> {});
    assertThat(report.scored()).hasSize(2);
    assertThat(report.scored().get(0).question().options()).containsExactly("it's", "b");
    assertThat(report.table().value()).isEqualTo(50);
  }
}
