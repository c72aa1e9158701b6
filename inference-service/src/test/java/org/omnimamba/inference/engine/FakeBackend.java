package org.omnimamba.inference.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.image.RgbImage;

/**
 * A model in memory: a slot's state is a hash of everything fed into it, logits are a function of
 * the state alone. It checks that it is used as a device may be used (one thread, no gaps, no slot
 * twice in a step) and can be paused, slowed down and made to fail.
 */
public final class FakeBackend implements ModelBackend {
  private static final int VOCABULARY = 64;

  /** What was done, in order, such as {@code prefill 0..32 slot 1} or {@code step MMU [0, 1]}. */
  public final List<String> calls = new CopyOnWriteArrayList<>();

  /** A step takes one permit; plenty unless a test drains it. */
  public final Semaphore steps = new Semaphore(Integer.MAX_VALUE / 2);

  private final int textVocabulary;
  private final int imageVocabulary;
  private final long[] states;
  private final int[] lengths;
  private final Thread[] owner = new Thread[1];
  private volatile Runnable beforeStep = () -> {};
  private volatile Runnable beforePrefill = () -> {};
  private volatile Runnable beforePrepare = () -> {};
  private volatile Runnable beforeDraw = () -> {};
  private volatile Runnable beforeProbe = () -> {};
  private volatile boolean closed;

  FakeBackend(int slots) {
    this(slots, VOCABULARY, VOCABULARY);
  }

  /** With vocabularies of a real model's sizes. */
  public FakeBackend(int slots, int textVocabulary, int imageVocabulary) {
    this.textVocabulary = textVocabulary;
    this.imageVocabulary = imageVocabulary;
    states = new long[slots];
    lengths = new int[slots];
  }

  public void beforeStep(Runnable hook) {
    beforeStep = hook;
  }

  public void beforePrefill(Runnable hook) {
    beforePrefill = hook;
  }

  public void beforePrepare(Runnable hook) {
    beforePrepare = hook;
  }

  public void beforeDraw(Runnable hook) {
    beforeDraw = hook;
  }

  public void beforeProbe(Runnable hook) {
    beforeProbe = hook;
  }

  public boolean closed() {
    return closed;
  }

  @Override
  public int slots() {
    return states.length;
  }

  private record Prepared(Task task, int[] ids, int length) implements PreparedPrompt {}

  @Override
  public PreparedPrompt prepare(PromptInput prompt) {
    checkThread();
    beforePrepare.run();
    calls.add("prepare " + prompt.task());
    return new Prepared(prompt.task(), prompt.ids(), prompt.tokens());
  }

  @Override
  public float[] prefill(int slot, PreparedPrompt prompt, int from, int to) {
    checkThread();
    beforePrefill.run();
    calls.add("prefill %d..%d slot %d".formatted(from, to, slot));
    Prepared prepared = (Prepared) prompt;
    if (from == 0) {
      states[slot] = prepared.task().ordinal() + 1;
      lengths[slot] = 0;
    }
    if (lengths[slot] != from) {
      throw new AssertionError(
          "slot %d has %d positions, not %d".formatted(slot, lengths[slot], from));
    }
    for (int position = from; position < to; position++) {
      int id = position < prepared.ids().length ? prepared.ids()[position] : -1;
      states[slot] = mix(states[slot], id);
    }
    lengths[slot] = to;
    return logits(prepared.task(), states[slot]);
  }

  @Override
  public float[][] step(Task task, int[] slots, int[] tokens, int[] positions) {
    checkThread();
    steps.acquireUninterruptibly();
    beforeStep.run();
    calls.add("step " + task + " " + Arrays.toString(slots));
    if (Arrays.stream(slots).distinct().count() != slots.length) {
      throw new AssertionError("a slot twice in one step: " + Arrays.toString(slots));
    }
    float[][] logits = new float[slots.length][];
    for (int row = 0; row < slots.length; row++) {
      int slot = slots[row];
      if (lengths[slot] != positions[row]) {
        throw new AssertionError(
            "slot %d has %d positions, not %d".formatted(slot, lengths[slot], positions[row]));
      }
      states[slot] = mix(states[slot], tokens[row]);
      lengths[slot]++;
      logits[row] = logits(task, states[slot]);
    }
    return logits;
  }

  @Override
  public void copyState(int fromSlot, int toSlot) {
    checkThread();
    calls.add("copy %d to %d".formatted(fromSlot, toSlot));
    states[toSlot] = states[fromSlot];
    lengths[toSlot] = lengths[fromSlot];
  }

  @Override
  public RgbImage draw(int[] codes) {
    checkThread();
    beforeDraw.run();
    calls.add("draw " + codes.length);
    int hash = Arrays.hashCode(codes);
    return new RgbImage(1, 1, new byte[] {(byte) hash, (byte) (hash >> 8), (byte) codes.length});
  }

  @Override
  public void probe() {
    checkThread();
    beforeProbe.run();
    calls.add("probe");
  }

  @Override
  public void close() {
    checkThread();
    closed = true;
  }

  /** Calls whose text starts so. */
  public List<String> calls(String prefix) {
    List<String> found = new ArrayList<>();
    for (String call : calls) {
      if (call.startsWith(prefix)) {
        found.add(call);
      }
    }
    return found;
  }

  private void checkThread() {
    if (owner[0] == null) {
      owner[0] = Thread.currentThread();
    }
    if (owner[0] != Thread.currentThread()) {
      throw new AssertionError("a second thread uses the device");
    }
    if (closed) {
      throw new AssertionError("the device is used after it was closed");
    }
  }

  private static long mix(long state, int value) {
    long mixed = (state ^ value) * 0x9E3779B97F4A7C15L;
    return mixed ^ (mixed >>> 29);
  }

  private float[] logits(Task task, long state) {
    float[] logits = new float[task == Task.T2I ? imageVocabulary : textVocabulary];
    long x = state;
    for (int i = 0; i < logits.length; i++) {
      x = mix(x, i);
      logits[i] = (x >>> 40) / (float) (1 << 24);
    }
    return logits;
  }
}
