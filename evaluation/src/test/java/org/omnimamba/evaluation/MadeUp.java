package org.omnimamba.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.omnimamba.evaluation.data.Question;
import org.omnimamba.evaluation.report.BenchmarkReport;
import org.omnimamba.evaluation.run.Answerer;
import org.omnimamba.evaluation.score.ScoreTable;
import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.image.RgbImage;

/** Benchmarks' files with made-up questions, and someone who answers as told. */
public final class MadeUp {
  private MadeUp() {}

  /** A small picture of one colour. */
  public static Path picture(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    byte[] rgb = new byte[3 * 4 * 4];
    Arrays.fill(rgb, (byte) file.getFileName().hashCode());
    return Files.write(file, ImageEncoder.png(new RgbImage(4, 4, rgb)));
  }

  public static Path lines(Path file, List<String> lines) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    return Files.writeString(file, String.join("\n", lines) + "\n");
  }

  /** The settings of a run on a folder with everything in it. */
  public static BenchmarkEvaluation.Settings settings(Path data, Path out, String scorer) {
    return new BenchmarkEvaluation.Settings(data, null, null, null, scorer, null, 1, out);
  }

  /** Runs a benchmark with given answers by the ids of questions. */
  public static BenchmarkReport run(
      Benchmark benchmark, Path data, Path out, String scorer, Map<String, String> answers)
      throws IOException, InterruptedException {
    return new BenchmarkEvaluation(benchmark, settings(data, out, scorer))
        .run(
            Map.of("model", "made up"),
            () -> new Told(question -> answers.getOrDefault(question.id(), "")),
            (done, of) -> {});
  }

  /** The values of a row. */
  public static List<Double> row(ScoreTable table, String name) {
    return table.rows().stream()
        .filter(row -> row.name().equals(name))
        .findFirst()
        .orElseThrow()
        .values();
  }

  /** Says what it is told to, in the order of the questions. */
  public static final class Told implements Answerer {
    private final Function<Question, String> answer;
    private final AtomicInteger asked = new AtomicInteger();

    public Told(Function<Question, String> answer) {
      this.answer = answer;
    }

    @Override
    public void answer(List<Question> questions, Answers answers) throws IOException {
      for (Question question : new ArrayList<>(questions)) {
        asked.incrementAndGet();
        answers.answered(question, answer.apply(question));
      }
    }

    public int asked() {
      return asked.get();
    }

    @Override
    public void close() {}
  }
}
