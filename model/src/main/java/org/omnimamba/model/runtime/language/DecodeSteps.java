package org.omnimamba.model.runtime.language;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;

/** Turns a decode step into calls of functions that are built for certain sizes. */
final class DecodeSteps {
  /** The output of a step that holds the drawn ids. */
  private static final int IDS = 0;

  private final LanguageModelConfig config;
  private final LanguageFunctions functions;
  private final StateTable slots;
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
      StateTable slots,
      boolean windows,
      boolean mixes,
      int tokensPerCall) {
    this.config = config;
    this.functions = functions;
    this.slots = slots;
    this.windows = windows;
    this.mixes = mixes;
    this.tokensPerCall = tokensPerCall;
  }

  /**
   * One token for each sequence; all arguments were checked.
   *
   * @param draws how the device draws each sequence's next token; null where logits are wanted
   */
  StepOutput[] run(
      Task[] tasks,
      int[] slots,
      int[] tokens,
      int[] positions,
      List<? extends @Nullable PlainDraw> draws) {
    boolean mixed = Arrays.stream(tasks).anyMatch(task -> task != tasks[0]);
    Batch batch = new Batch(tasks, slots, tokens, positions, draws);
    return mixed && !mixes ? onePassEach(batch) : onePass(batch, mixed);
  }

  /** Tokens that one call can draw in a row, at most. */
  int tokensPerCall() {
    return windows ? tokensPerCall : 1;
  }

  /**
   * Several tokens for each sequence, the first as given, then those that were drawn; all arguments
   * were checked.
   *
   * @param draws {@code [count][sequence]}
   * @return ids {@code [sequence][count]}, negative where a logit was not finite
   */
  int[][] runSeveral(
      Task[] tasks, int[] slots, int[] tokens, int[] positions, List<List<PlainDraw>> draws) {
    int count = draws.size();
    int[][] ids = new int[slots.length][count];
    int[] next = tokens.clone();
    int[] at = positions.clone();
    boolean mixed = Arrays.stream(tasks).anyMatch(task -> task != tasks[0]);
    for (int done = 0; done < count; ) {
      boolean possible = tokensPerCall() > 1 && (mixes || !mixed);
      boolean together = possible && count - done >= tokensPerCall;
      int now = together ? tokensPerCall : 1;
      int[][] drawn =
          together
              ? windowOfSeveral(
                  new Batch(tasks, slots, next, at, draws.get(done)),
                  draws.subList(done, done + now),
                  mixed)
              : drawn(run(tasks, slots, next, at, draws.get(done)));
      for (int i = 0; i < slots.length; i++) {
        System.arraycopy(drawn[i], 0, ids[i], done, now);
        next[i] = Math.max(0, drawn[i][now - 1]);
        // behind the last position nothing is defined, but it must not be looked up
        at[i] = Math.min(at[i] + now, config.positions(tasks[i]) - 1);
      }
      done += now;
    }
    return ids;
  }

  private static int[][] drawn(StepOutput[] outputs) {
    return Arrays.stream(outputs)
        .map(output -> new int[] {((StepOutput.Drawn) output).id()})
        .toArray(int[][]::new);
  }

  private int[][] windowOfSeveral(Batch batch, List<List<PlainDraw>> draws, boolean mixed) {
    int count = draws.size();
    Window window = new Window(batch.slots);
    WindowInputs.Values values = window.values(batch, draws);
    long[] drawn =
        window.function(batch.tasks[0], mixed, count).call().longs(values.all()).run().longs(IDS);
    int[][] ids = new int[batch.slots.length][count];
    for (int i = 0; i < ids.length; i++) {
      for (int index = 0; index < count; index++) {
        ids[i][index] = (int) drawn[index * window.size + window.places[i]];
      }
    }
    return ids;
  }

  /** The sequences of a step. */
  private record Batch(
      Task[] tasks,
      int[] slots,
      int[] tokens,
      int[] positions,
      List<? extends @Nullable PlainDraw> draws) {

    Batch of(int[] rows) {
      return new Batch(
          Arrays.stream(rows).mapToObj(i -> tasks[i]).toArray(Task[]::new),
          Arrays.stream(rows).map(i -> slots[i]).toArray(),
          Arrays.stream(rows).map(i -> tokens[i]).toArray(),
          Arrays.stream(rows).map(i -> positions[i]).toArray(),
          Arrays.stream(rows).mapToObj(draws::get).toList());
    }
  }

  private StepOutput[] onePassEach(Batch batch) {
    StepOutput[] outputs = new StepOutput[batch.slots.length];
    for (Task task : Task.values()) {
      int[] rows = IntStream.range(0, outputs.length).filter(i -> batch.tasks[i] == task).toArray();
      if (rows.length > 0) {
        StepOutput[] own = onePass(batch.of(rows), false);
        for (int i = 0; i < rows.length; i++) {
          outputs[rows[i]] = own[i];
        }
      }
    }
    return outputs;
  }

  private StepOutput[] onePass(Batch batch, boolean mixed) {
    return windows ? window(batch, mixed) : rows(batch, mixed);
  }

  private StepOutput[] rows(Batch batch, boolean mixed) {
    int size = Buckets.batch(batch.slots.length);
    long[] rows = new long[size];
    Arrays.fill(rows, slots.scratch());
    int[] places = new int[batch.slots.length];
    for (int i = 0; i < places.length; i++) {
      rows[i] = batch.slots[i];
      places[i] = i;
    }
    CompiledFunction function =
        mixed ? functions.mixedStep(size) : functions.step(batch.tasks[0], size);
    CompiledFunction.Call call =
        begin(function, batch, places, size, mixed)
            .longs(placed(batch.tokens, places, size))
            .longs(rows)
            .longs(placed(batch.positions, places, size));
    return outputs(batch, call, places, size, mixed);
  }

  private StepOutput[] window(Batch batch, boolean mixed) {
    Window window = new Window(batch.slots);
    WindowInputs.Values values = window.values(batch, List.of(batch.draws));
    CompiledFunction.Outputs outputs =
        window
            .function(batch.tasks[0], mixed, 1)
            .call()
            .longs(values.all())
            .run(wanted(batch, mixed));
    return results(batch, outputs, window.places, mixed);
  }

  /** Consecutive rows that hold all slots of a step, and each slot's place among them. */
  private final class Window {
    private final int size;
    private final int first;
    private final int[] places;

    Window(int[] taken) {
      int lowest = Arrays.stream(taken).min().orElseThrow();
      int span = Arrays.stream(taken).max().orElseThrow() - lowest + 1;
      this.size = functions.windowBatch(span);
      this.first = Math.min(lowest, slots.rows() - size);
      this.places = Arrays.stream(taken).map(slot -> slot - first).toArray();
    }

    /**
     * @param draws {@code [count][sequence]}; null for a sequence whose logits are wanted
     */
    WindowInputs.Values values(
        Batch batch, List<? extends List<? extends @Nullable PlainDraw>> draws) {
      WindowInputs.Values values = new WindowInputs(size, draws.size()).values(first);
      for (int i = 0; i < places.length; i++) {
        PlainDraw next = batch.draws.get(i);
        values.row(
            places[i],
            batch.tokens[i],
            batch.positions[i],
            batch.tasks[i] == Task.T2I,
            next == null ? 0 : next.temperature());
        for (int index = 0; index < draws.size(); index++) {
          PlainDraw draw = draws.get(index).get(i);
          values.uniform(places[i], index, draw == null ? 0 : draw.uniform());
        }
      }
      return values;
    }

    CompiledFunction function(Task task, boolean mixed, int count) {
      return mixed ? functions.mixedWindow(size, count) : functions.window(task, size, count);
    }
  }

  private static CompiledFunction.Call begin(
      CompiledFunction function, Batch batch, int[] places, int size, boolean mixed) {
    CompiledFunction.Call call = function.call();
    if (!mixed) {
      return call;
    }
    float[] drawing = new float[size];
    for (int i = 0; i < places.length; i++) {
      drawing[places[i]] = batch.tasks[i] == Task.T2I ? 1 : 0;
    }
    return call.floats(drawing);
  }

  private static long[] placed(int[] values, int[] places, int size) {
    long[] placed = new long[size];
    for (int i = 0; i < values.length; i++) {
      placed[places[i]] = values[i];
    }
    return placed;
  }

  private StepOutput[] outputs(
      Batch batch, CompiledFunction.Call call, int[] places, int size, boolean mixed) {
    float[] temperatures = new float[size];
    float[] uniforms = new float[size];
    for (int i = 0; i < places.length; i++) {
      PlainDraw draw = batch.draws.get(i);
      if (draw != null) {
        temperatures[places[i]] = draw.temperature();
        uniforms[places[i]] = (float) draw.uniform();
      }
    }
    CompiledFunction.Outputs outputs =
        call.floats(temperatures).floats(uniforms).run(wanted(batch, mixed));
    return results(batch, outputs, places, mixed);
  }

  /** Outputs of a step that its sequences need. */
  private static BitSet wanted(Batch batch, boolean mixed) {
    BitSet wanted = new BitSet();
    for (int i = 0; i < batch.tasks.length; i++) {
      wanted.set(batch.draws.get(i) == null ? logitsOf(batch.tasks[i], mixed) : IDS);
    }
    return wanted;
  }

  private StepOutput[] results(
      Batch batch, CompiledFunction.Outputs outputs, int[] places, boolean mixed) {
    StepOutput[] results = new StepOutput[places.length];
    for (int i = 0; i < places.length; i++) {
      Task task = batch.tasks[i];
      results[i] =
          batch.draws.get(i) == null
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
