package org.omnimamba.model.runtime;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;

/** Turns a decode step into calls of functions that are built for certain sizes. */
final class DecodeSteps {
  /** The output of a step that holds the drawn ids. */
  private static final int IDS = 0;

  private final LanguageModelConfig config;
  private final LanguageFunctions functions;
  private final StateSlots slots;
  private final boolean windows;
  private final boolean mixes;

  /**
   * @param windows whether a step works on consecutive slots
   * @param mixes whether sequences of both tasks can share a call
   */
  DecodeSteps(
      LanguageModelConfig config,
      LanguageFunctions functions,
      StateSlots slots,
      boolean windows,
      boolean mixes) {
    this.config = config;
    this.functions = functions;
    this.slots = slots;
    this.windows = windows;
    this.mixes = mixes;
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
    int lowest = Arrays.stream(batch.slots).min().orElseThrow();
    int span = Arrays.stream(batch.slots).max().orElseThrow() - lowest + 1;
    int size = Math.min(Buckets.batch(span), slots.rows());
    int first = Math.min(lowest, slots.rows() - size);
    int[] places = new int[batch.slots.length];
    float[] active = new float[size];
    for (int i = 0; i < places.length; i++) {
      places[i] = batch.slots[i] - first;
      active[places[i]] = 1;
    }
    CompiledFunction function =
        mixed ? functions.mixedWindow(size) : functions.window(batch.tasks[0], size);
    CompiledFunction.Call call =
        begin(function, batch, places, size, mixed)
            .longs(placed(batch.tokens, places, size))
            .longs(first)
            .longs(placed(batch.positions, places, size))
            .floats(active);
    return outputs(batch, call, places, size, mixed);
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
    BitSet wanted = new BitSet();
    for (int i = 0; i < places.length; i++) {
      PlainDraw draw = batch.draws.get(i);
      if (draw == null) {
        wanted.set(logitsOf(batch.tasks[i], mixed));
      } else {
        wanted.set(IDS);
        temperatures[places[i]] = draw.temperature();
        uniforms[places[i]] = (float) draw.uniform();
      }
    }
    CompiledFunction.Outputs outputs = call.floats(temperatures).floats(uniforms).run(wanted);
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
