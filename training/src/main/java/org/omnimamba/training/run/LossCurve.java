package org.omnimamba.training.run;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.omnimamba.training.step.StepResult;

/**
 * The run's curve as {@code curve.csv}: step, seconds, rate, loss, gradient_norm and the metrics, a
 * line for each logged step. A run that goes on from a state drops the lines after that state.
 */
final class LossCurve implements AutoCloseable {
  static final String FILE = "curve.csv";
  private static final String COLUMNS = "step,seconds,rate,loss,gradient_norm";

  private final BufferedWriter writer;
  private boolean headed;

  private LossCurve(BufferedWriter writer, boolean headed) {
    this.writer = writer;
    this.headed = headed;
  }

  /**
   * @param nextStep lines of this step and later ones are dropped
   */
  static LossCurve open(Path output, long nextStep) {
    Path file = output.resolve(FILE);
    try {
      List<String> kept = new ArrayList<>();
      if (nextStep > 0 && Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          if (kept.isEmpty() || stepOf(line) < nextStep) {
            kept.add(line);
          }
        }
      }
      BufferedWriter writer = Files.newBufferedWriter(file);
      for (String line : kept) {
        writer.write(line);
        writer.newLine();
      }
      return new LossCurve(writer, !kept.isEmpty());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private static long stepOf(String line) {
    return Long.parseLong(line.substring(0, line.indexOf(',')));
  }

  void add(StepResult result, double rate, double seconds) {
    try {
      if (!headed) {
        writer.write(COLUMNS);
        for (String metric : result.metrics().keySet()) {
          writer.write(',' + metric);
        }
        writer.newLine();
        headed = true;
      }
      writer.write(
          String.format(
              Locale.ROOT,
              "%d,%.3f,%.8g,%.7g,%.7g",
              result.step(),
              seconds,
              rate,
              result.loss(),
              result.gradientNorm()));
      for (float metric : result.metrics().values()) {
        writer.write(String.format(Locale.ROOT, ",%.7g", metric));
      }
      writer.newLine();
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the curve", e);
    }
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the curve", e);
    }
  }
}
