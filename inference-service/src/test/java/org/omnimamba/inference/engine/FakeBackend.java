package org.omnimamba.inference.engine;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.sampling.TokenSampler;

/**
 * A model in memory: a slot's state is a hash of everything fed into it, logits are a function of
 * the state alone. It checks that it is used as a device may be used (one thread, beside it one for
 * towers and pixels if a test wants that, no gaps, no slot twice in a step) and can be paused,
 * slowed down and made to fail.
 */
public final class FakeBackend implements ModelBackend {
  static final long STATE_BYTES = 1000;
  private static final int VOCABULARY = 64;

  private static final int NOWHERE = -1;
  private static final int PLACES = 2;

  /** What a slot holds after a failure. */
  private static final long UNKNOWN = 0xBAD;

  /** What was done, in order, such as {@code prefill 0..32 slot 1} or {@code step MMU [0, 1]}. */
  public final List<String> calls = new CopyOnWriteArrayList<>();

  /** A step takes one permit; plenty unless a test drains it. */
  public final Semaphore steps = new Semaphore(Integer.MAX_VALUE / 2);

  private final int textVocabulary;
  private final int imageVocabulary;
  private final int slots;
  private final long[] states;
  private final TokenSampler sampler = new TokenSampler();
  private final int[] lengths;
  private final AtomicReference<Thread> owner = new AtomicReference<>();
  private final AtomicReference<Thread> ownerBeside = new AtomicReference<>();

  /** What the towers have left in each place. */
  private final float[] seen = new float[PLACES];

  private volatile Runnable beforeStep = () -> {};
  private volatile Runnable beforePrefill = () -> {};
  private volatile Runnable beforeLook = () -> {};
  private volatile Runnable beforeDraw = () -> {};
  private volatile Runnable beforeCopy = () -> {};
  private volatile Runnable beforeSave = () -> {};
  private volatile Runnable beforeRestore = () -> {};
  private volatile Runnable beforeProbe = () -> {};
  private volatile int numberlessPosition = NOWHERE;
  private volatile int tokensPerCall = 1;
  private volatile boolean beside;
  private volatile boolean closed;

  FakeBackend(int slots) {
    this(slots, VOCABULARY, VOCABULARY);
  }

  FakeBackend(int slots, int spareSlots) {
    this(slots, spareSlots, VOCABULARY, VOCABULARY);
  }

  /** With vocabularies of a real model's sizes. */
  public FakeBackend(int slots, int textVocabulary, int imageVocabulary) {
    this(slots, 0, textVocabulary, imageVocabulary);
  }

  private FakeBackend(int slots, int spareSlots, int textVocabulary, int imageVocabulary) {
    this.textVocabulary = textVocabulary;
    this.imageVocabulary = imageVocabulary;
    this.slots = slots;
    states = new long[slots + spareSlots];
    lengths = new int[slots + spareSlots];
  }

  public void beforeStep(Runnable hook) {
    beforeStep = hook;
  }

  public void beforePrefill(Runnable hook) {
    beforePrefill = hook;
  }

  public void beforeLook(Runnable hook) {
    beforeLook = hook;
  }

  public void beforeDraw(Runnable hook) {
    beforeDraw = hook;
  }

  public void beforeCopy(Runnable hook) {
    beforeCopy = hook;
  }

  public void beforeSave(Runnable hook) {
    beforeSave = hook;
  }

  public void beforeRestore(Runnable hook) {
    beforeRestore = hook;
  }

  public void beforeProbe(Runnable hook) {
    beforeProbe = hook;
  }

  /** The logits of a piece that ends there contain a NaN. */
  void numberlessAt(int position) {
    numberlessPosition = position;
  }

  void tokensPerCall(int tokens) {
    tokensPerCall = tokens;
  }

  /** Lets towers and pixels run in a second thread. */
  void beside() {
    beside = true;
  }

  void numbersEverywhere() {
    numberlessPosition = NOWHERE;
  }

  public boolean closed() {
    return closed;
  }

  @Override
  public int slots() {
    return slots;
  }

  @Override
  public int spareSlots() {
    return states.length - slots;
  }

  @Override
  public long stateBytes() {
    return STATE_BYTES;
  }

  private int at(PromptInput input, int place, int position) {
    PromptInput.Picture picture = input.picture();
    int[] ids = input.ids();
    if (picture == null) {
      return position < ids.length ? ids[position] : -1;
    }
    int places = input.tokens() - ids.length;
    int first = picture.end() - places;
    boolean inside = position >= first && position < picture.end();
    return inside ? -2 - (int) seen[place] : ids[position < first ? position : position - places];
  }

  private record Saved(long state, int length) implements SlotSnapshot {}

  @Override
  public boolean worksBeside() {
    return beside;
  }

  @Override
  public int imagePlaces() {
    return PLACES;
  }

  @Override
  public void look(ImagePixels pixels, int place) {
    checkThreadBeside();
    seen[place] = UNKNOWN;
    beforeLook.run();
    checkThreadBeside();
    calls.add("towers");
    seen[place] = pixels.towers().get(0)[0];
  }

  @Override
  public float[] prefill(int slot, PromptInput prompt, int place, int from, int to) {
    checkThread();
    long before = states[slot];
    states[slot] = UNKNOWN;
    beforePrefill.run();
    states[slot] = before;
    calls.add("prefill %d..%d slot %d".formatted(from, to, slot));
    if (from == 0) {
      states[slot] = prompt.task().ordinal() + 1;
      lengths[slot] = 0;
    }
    if (lengths[slot] != from) {
      throw new AssertionError(
          "slot %d has %d positions, not %d".formatted(slot, lengths[slot], from));
    }
    for (int position = from; position < to; position++) {
      states[slot] = mix(states[slot], at(prompt, place, position));
    }
    lengths[slot] = to;
    float[] logits = logits(prompt.task(), states[slot]);
    if (to == numberlessPosition) {
      logits[1] = Float.NaN;
    }
    return logits;
  }

  @Override
  public StepOutput[] step(List<StepRow> rows) {
    checkThread();
    steps.acquireUninterruptibly();
    List<Integer> slots = rows.stream().map(StepRow::slot).toList();
    if (Set.copyOf(slots).size() != slots.size()) {
      throw new AssertionError("a slot twice in one step: " + slots);
    }
    long[] before = slots.stream().mapToLong(slot -> states[slot]).toArray();
    for (int slot : slots) {
      states[slot] = UNKNOWN;
    }
    beforeStep.run();
    for (int row = 0; row < before.length; row++) {
      states[slots.get(row)] = before[row];
    }
    calls.add("step " + named(rows) + " " + slots);
    StepOutput[] outputs = new StepOutput[before.length];
    for (int index = 0; index < outputs.length; index++) {
      StepRow row = rows.get(index);
      int slot = row.slot();
      if (lengths[slot] != row.position()) {
        throw new AssertionError(
            "slot %d has %d positions, not %d".formatted(slot, lengths[slot], row.position()));
      }
      states[slot] = mix(states[slot], row.token());
      lengths[slot]++;
      float[] logits = logits(row.task(), states[slot]);
      outputs[index] =
          row.wantsLogits()
              ? new StepOutput.Logits(logits)
              : new StepOutput.Drawn(sampler.sample(logits, row.draw(0)));
    }
    return outputs;
  }

  /** The tasks of a step, such as {@code MMU} or {@code MMU+T2I}. */
  private static String named(List<StepRow> rows) {
    return rows.stream()
        .map(StepRow::task)
        .distinct()
        .sorted()
        .map(Task::name)
        .collect(joining("+"));
  }

  @Override
  public int tokensPerCall() {
    return tokensPerCall;
  }

  @Override
  public int[][] steps(List<StepRow> rows, int count) {
    int[][] ids = new int[rows.size()][count];
    List<Integer> slots = rows.stream().map(StepRow::slot).toList();
    calls.add("%d tokens %s %s".formatted(count, named(rows), slots));
    List<StepRow> next = new ArrayList<>(rows);
    for (int index = 0; index < count; index++) {
      StepOutput[] outputs = step(next);
      for (int row = 0; row < ids.length; row++) {
        ids[row][index] = ((StepOutput.Drawn) outputs[row]).id();
        StepRow fed = next.get(row);
        next.set(row, fed.after(1, ids[row][index], fed.position() + 1));
      }
    }
    return ids;
  }

  @Override
  public void copyState(int fromSlot, int toSlot) {
    checkThread();
    states[toSlot] = UNKNOWN;
    beforeCopy.run();
    calls.add("copy %d to %d".formatted(fromSlot, toSlot));
    states[toSlot] = states[fromSlot];
    lengths[toSlot] = lengths[fromSlot];
  }

  @Override
  public SlotSnapshot save(int slot) {
    checkThread();
    beforeSave.run();
    calls.add("save " + slot);
    return new Saved(states[slot], lengths[slot]);
  }

  @Override
  public void restore(int slot, SlotSnapshot state) {
    checkThread();
    states[slot] = UNKNOWN;
    beforeRestore.run();
    calls.add("restore " + slot);
    states[slot] = ((Saved) state).state();
    lengths[slot] = ((Saved) state).length();
  }

  @Override
  public RgbImage draw(int[] codes) {
    checkThreadBeside();
    beforeDraw.run();
    checkThreadBeside();
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
    check(owner);
  }

  private void checkThreadBeside() {
    check(beside ? ownerBeside : owner);
  }

  private void check(AtomicReference<Thread> expected) {
    Thread current = Thread.currentThread();
    if (!expected.compareAndSet(null, current) && expected.get() != current) {
      throw new AssertionError("another thread uses the device");
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
