package org.omnimamba.model.runtime.language;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.sampling.StepOutput;

/** Turns a decode step into calls of functions that are built for certain sizes. */
final class DecodeSteps {
  /** The output of a step that holds the drawn ids. */
  private static final int IDS = 0;

  private final LanguageModelConfig config;
  private final LanguageFunctions functions;
  private final StateTable table;
  private final boolean windows;
  private final boolean mixes;
  private final int tokensPerCall;

  /**
   * @param windows whether a step works on consecutive slots
   * @param mixes whether sequences of both tasks can share a call
   * @param tokensPerCall of a window, at most
   */
  DecodeSteps(
      LanguageModelConfig config,
      LanguageFunctions functions,
      StateTable table,
      boolean windows,
      boolean mixes,
      int tokensPerCall) {
    this.config = config;
    this.functions = functions;
    this.table = table;
    this.windows = windows;
    this.mixes = mixes;
    this.tokensPerCall = tokensPerCall;
  }

  /** One token for each row; the rows were checked. */
  StepOutput[] run(List<StepRow> rows) {
    boolean mixed = mixed(rows);
    return mixed && !mixes ? onePassEach(rows) : onePass(rows, mixed);
  }

  /** Tokens that one call can draw in a row, at most. */
  int tokensPerCall() {
    return windows ? tokensPerCall : 1;
  }

  /**
   * Several tokens for each row, the first as given, then those that were drawn; the rows were
   * checked.
   *
   * @return ids {@code [row][count]}, negative where a logit was not finite
   */
  int[][] runSeveral(List<StepRow> rows, int count) {
    int[][] ids = new int[rows.size()][count];
    boolean mixed = mixed(rows);
    boolean possible = tokensPerCall() > 1 && (mixes || !mixed);
    List<StepRow> next = rows;
    int done = 0;
    while (done < count) {
      boolean together = possible && count - done >= tokensPerCall;
      int tokens = together ? tokensPerCall : 1;
      int[][] drawn = together ? windowOfSeveral(next, tokens, mixed) : drawn(run(next));
      for (int i = 0; i < ids.length; i++) {
        System.arraycopy(drawn[i], 0, ids[i], done, tokens);
      }
      done += tokens;
      if (done < count) {
        next = after(next, drawn, tokens);
      }
    }
    return ids;
  }

  private List<StepRow> after(List<StepRow> rows, int[][] drawn, int tokens) {
    List<StepRow> next = new ArrayList<>(rows.size());
    for (int i = 0; i < drawn.length; i++) {
      StepRow row = rows.get(i);
      int token = Math.max(0, drawn[i][tokens - 1]);
      // after the last position nothing is defined, but it must not be looked up
      int position = Math.min(row.position() + tokens, config.positions(row.task()) - 1);
      next.add(row.after(tokens, token, position));
    }
    return next;
  }

  private static boolean mixed(List<StepRow> rows) {
    Task first = rows.get(0).task();
    return rows.stream().anyMatch(row -> row.task() != first);
  }

  private static int[][] drawn(StepOutput[] outputs) {
    return Arrays.stream(outputs)
        .map(output -> new int[] {((StepOutput.Drawn) output).id()})
        .toArray(int[][]::new);
  }

  private int[][] windowOfSeveral(List<StepRow> rows, int count, boolean mixed) {
    Window window = new Window(rows);
    WindowInputs.Values values = window.values(count);
    long[] drawn = window.function(mixed, count).call().longs(values.all()).run().longs(IDS);
    int[][] ids = new int[rows.size()][count];
    for (int i = 0; i < ids.length; i++) {
      for (int index = 0; index < count; index++) {
        ids[i][index] = (int) drawn[index * window.size + window.places[i]];
      }
    }
    return ids;
  }

  private StepOutput[] onePassEach(List<StepRow> rows) {
    StepOutput[] outputs = new StepOutput[rows.size()];
    for (Task task : Task.values()) {
      int[] own =
          IntStream.range(0, outputs.length).filter(i -> rows.get(i).task() == task).toArray();
      if (own.length > 0) {
        StepOutput[] results = onePass(Arrays.stream(own).mapToObj(rows::get).toList(), false);
        for (int i = 0; i < own.length; i++) {
          outputs[own[i]] = results[i];
        }
      }
    }
    return outputs;
  }

  private StepOutput[] onePass(List<StepRow> rows, boolean mixed) {
    return windows ? window(rows, mixed) : rows(rows, mixed);
  }

  private StepOutput[] window(List<StepRow> rows, boolean mixed) {
    Window window = new Window(rows);
    CompiledFunction.Outputs outputs =
        window.function(mixed, 1).call().longs(window.values(1).all()).run(wanted(rows, mixed));
    return results(rows, outputs, window.places, mixed);
  }

  private StepOutput[] rows(List<StepRow> rows, boolean mixed) {
    int size = Buckets.batch(rows.size());
    long[] tokens = new long[size];
    long[] slots = new long[size];
    long[] positions = new long[size];
    float[] drawing = new float[size];
    float[] temperatures = new float[size];
    float[] uniforms = new float[size];
    int[] places = new int[rows.size()];
    Arrays.fill(slots, table.scratch());
    for (int i = 0; i < places.length; i++) {
      StepRow row = rows.get(i);
      places[i] = i;
      tokens[i] = row.token();
      slots[i] = row.slot();
      positions[i] = row.position();
      drawing[i] = row.task() == Task.T2I ? 1 : 0;
      if (!row.wantsLogits()) {
        temperatures[i] = row.draw(0).temperature();
        uniforms[i] = (float) row.draw(0).uniform();
      }
    }
    CompiledFunction.Call call =
        mixed
            ? functions.mixedStep(size).call().floats(drawing)
            : functions.step(rows.get(0).task(), size).call();
    CompiledFunction.Outputs outputs =
        call.longs(tokens)
            .longs(slots)
            .longs(positions)
            .floats(temperatures)
            .floats(uniforms)
            .run(wanted(rows, mixed));
    return results(rows, outputs, places, mixed);
  }

  /** Consecutive rows of the table that hold all slots of a step, and each slot's place there. */
  private final class Window {
    private final List<StepRow> rows;
    private final int size;
    private final int first;
    private final int[] places;

    Window(List<StepRow> rows) {
      this.rows = rows;
      int lowest = rows.stream().mapToInt(StepRow::slot).min().orElseThrow();
      int span = rows.stream().mapToInt(StepRow::slot).max().orElseThrow() - lowest + 1;
      this.size = functions.windowBatch(span);
      this.first = Math.min(lowest, table.rows() - size);
      this.places = rows.stream().mapToInt(row -> row.slot() - first).toArray();
    }

    WindowInputs.Values values(int count) {
      WindowInputs.Values values = new WindowInputs(size, count).values(first);
      for (int i = 0; i < places.length; i++) {
        StepRow row = rows.get(i);
        boolean drawn = !row.wantsLogits();
        values.row(
            places[i],
            row.token(),
            row.position(),
            row.task() == Task.T2I,
            drawn ? row.draw(0).temperature() : 0);
        for (int index = 0; drawn && index < count; index++) {
          values.uniform(places[i], index, row.draw(index).uniform());
        }
      }
      return values;
    }

    CompiledFunction function(boolean mixed, int count) {
      return mixed
          ? functions.mixedWindow(size, count)
          : functions.window(rows.get(0).task(), size, count);
    }
  }

  /** Outputs of a step that its rows need. */
  private static BitSet wanted(List<StepRow> rows, boolean mixed) {
    BitSet wanted = new BitSet();
    for (StepRow row : rows) {
      wanted.set(row.wantsLogits() ? logitsOf(row.task(), mixed) : IDS);
    }
    return wanted;
  }

  private StepOutput[] results(
      List<StepRow> rows, CompiledFunction.Outputs outputs, int[] places, boolean mixed) {
    StepOutput[] results = new StepOutput[places.length];
    for (int i = 0; i < places.length; i++) {
      Task task = rows.get(i).task();
      results[i] =
          rows.get(i).wantsLogits()
              ? logits(outputs.floats(logitsOf(task, mixed)), places[i], task)
              : new StepOutput.Drawn((int) outputs.longs(IDS)[places[i]]);
    }
    return results;
  }

  private StepOutput logits(float[] all, int place, Task task) {
    int vocabulary = config.outputVocabSize(task);
    int at = place * vocabulary;
    return new StepOutput.Logits(Arrays.copyOfRange(all, at, at + vocabulary));
  }

  /** Which output of a step holds the logits of a task's rows. */
  private static int logitsOf(Task task, boolean mixed) {
    return mixed && task == Task.T2I ? IDS + 2 : IDS + 1;
  }
}
