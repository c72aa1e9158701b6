package org.omnimamba.benchmarks;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.benchmarks.figures.Quantile;
import org.omnimamba.benchmarks.figures.Rounding;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.sampling.PlainDraw;

/** Times decode steps of one task. */
public final class StepTimer {
  private static final int WARM_UP = 5;

  /**
   * After so many steps the position begins again: a multiple of the convolution's taps, within
   * every model's positions.
   */
  private static final int POSITIONS = 200;

  private final LanguageModel model;
  private final Task task;
  private final @Nullable PlainDraw draw;
  private final int steps;
  private final @Nullable String lock;

  /**
   * @param draw as {@code LOGITS}, {@code BEST} or {@code SAMPLED}: where and how the next token is
   *     drawn
   * @param steps that are timed of each batch
   * @param lock file that is held while steps are timed; null for none
   */
  public StepTimer(LanguageModel model, Task task, String draw, int steps, @Nullable String lock) {
    this.model = model;
    this.task = task;
    this.draw = draw(draw);
    this.steps = steps;
    this.lock = lock;
  }

  private static @Nullable PlainDraw draw(String where) {
    return switch (where) {
      case "BEST" -> PlainDraw.BEST;
      case "SAMPLED" -> new PlainDraw(1, 0.5);
      case "LOGITS" -> null;
      default -> throw new IllegalArgumentException("no way to draw called " + where);
    };
  }

  /**
   * Steps of sequences in slots 0 to {@code batch - 1}, from the states that the slots hold.
   *
   * @param position tokens that the sequences have seen, at least as far as the model can tell:
   *     their number modulo the convolution's taps is enough
   */
  Times time(int batch, int position) {
    return time(batch, position, 1);
  }

  /**
   * {@link #time(int, int)} of calls that feed several tokens each.
   *
   * @param tokensPerCall more than 1 only if tokens are drawn on the device
   * @return times of a token
   */
  public Times time(int batch, int position, int tokensPerCall) {
    Calls calls = new Calls(batch, tokensPerCall);
    double first = calls.millis(position);
    double[] millis = new double[steps];
    try (TimingLock ignored = TimingLock.of(lock)) {
      for (int i = -WARM_UP; i < steps; i++) {
        double took = calls.millis(position + (1 + i + WARM_UP) % POSITIONS);
        if (i >= 0) {
          millis[i] = took / tokensPerCall;
        }
      }
    }
    return new Times(batch, tokensPerCall, first, millis);
  }

  /** Calls of one size. */
  private final class Calls {
    private final int batch;
    private final int tokensPerCall;
    private final List<PlainDraw> draws;

    Calls(int batch, int tokensPerCall) {
      this.batch = batch;
      this.tokensPerCall = tokensPerCall;
      this.draws = draw == null ? List.of() : Collections.nCopies(tokensPerCall, draw);
    }

    double millis(int position) {
      List<StepRow> rows =
          IntStream.range(0, batch)
              .mapToObj(slot -> new StepRow(task, slot, 1 + slot, position, draws))
              .toList();
      long start = System.nanoTime();
      if (tokensPerCall == 1) {
        model.step(rows);
      } else {
        model.steps(rows, tokensPerCall);
      }
      return (System.nanoTime() - start) / 1e6;
    }
  }

  /**
   * What was measured.
   *
   * @param firstMillis the first call, compilation included
   * @param millis of a token in the calls after it
   */
  public record Times(int batch, int tokensPerCall, double firstMillis, double[] millis) {
    public double median() {
      return Quantile.median(millis);
    }

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("batch", batch);
      json.put("tokens_per_call", tokensPerCall);
      json.put("first_ms", Rounding.hundredths(firstMillis));
      json.put("median_ms", Rounding.hundredths(median()));
      json.put("min_ms", Rounding.hundredths(Quantile.of(millis, 0)));
      json.put("p95_ms", Rounding.hundredths(Quantile.of(millis, 0.95)));
      json.put("tokens_per_s", Rounding.hundredths(1000 * batch / median()));
      return json;
    }
  }
}
