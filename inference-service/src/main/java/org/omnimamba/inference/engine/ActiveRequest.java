package org.omnimamba.inference.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.engine.EngineException.Reason;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.TokenSequence;

/**
 * One accepted request: its prompt's progress, the slots it holds and how many of its sequences are
 * left. For the engine's thread, but for what says that it is for any.
 */
final class ActiveRequest implements AcceptedRequest {
  static final int NO_SLOT = -1;

  final GenerationRequest request;
  final RequestListener listener;
  final Admission.Reservation reservation;
  final long submittedNanos;
  private final long deadlineNanos;
  private final Runnable wake;
  private volatile boolean cancelled;
  private volatile @Nullable Throwable listenerFailure;

  /** Whether the listener has been told the end; for the thread that tells it. */
  boolean heardEnd;

  private final Deque<Integer> spareSlots = new ArrayDeque<>();
  private int promptSlot = NO_SLOT;
  private int slotsTaken;
  private int place = ModelBackend.NO_PLACE;
  private boolean looking;
  private int prefilled;
  private int reused;
  private float @Nullable [] promptLogits;
  private int started;
  private final AtomicInteger unfinished;
  private final AtomicBoolean ended = new AtomicBoolean();

  /**
   * @param wake lets the engine look at the request, if it waits for a call in its second thread
   */
  ActiveRequest(
      GenerationRequest request,
      RequestListener listener,
      Admission.Reservation reservation,
      long submittedNanos,
      Runnable wake) {
    this.request = request;
    this.listener = listener;
    this.reservation = reservation;
    this.submittedNanos = submittedNanos;
    this.wake = wake;
    this.deadlineNanos = submittedNanos + request.timeout().toNanos();
    this.unfinished = new AtomicInteger(request.sequences().size());
  }

  @Override
  public void cancel() {
    cancelled = true;
    wakeEngine();
  }

  /** Notes that the request must end, because nobody hears of it. Any thread. */
  void listenerFailed(Throwable failure) {
    listenerFailure = failure;
    wakeEngine();
  }

  private void wakeEngine() {
    if (!ended()) {
      wake.run();
    }
  }

  /** Whether someone has asked for its end, and it has not ended. Any thread. */
  boolean mustEnd() {
    return (cancelled || listenerFailure != null) && !ended();
  }

  /** When the request must have ended, by the engine's clock. */
  long deadlineNanos() {
    return deadlineNanos;
  }

  Task task() {
    return request.prompt().task();
  }

  /** Why the request must end now though nothing failed; null while it may go on. */
  @Nullable EngineException interruption(long now) {
    if (cancelled) {
      return new EngineException(Reason.CANCELLED, "The request was cancelled.");
    }
    Throwable failure = listenerFailure;
    if (failure != null) {
      return new EngineException(Reason.FAILED, "The request failed.", null, failure);
    }
    if (now - deadlineNanos >= 0) {
      return new EngineException(
          Reason.DEADLINE,
          "The request did not finish within %d seconds.".formatted(request.timeout().toSeconds()));
    }
    return null;
  }

  int sequences() {
    return request.sequences().size();
  }

  boolean holdsSlot() {
    return slotsTaken > 0;
  }

  boolean holdsAllSlots() {
    return slotsTaken == sequences();
  }

  int sequencesWithoutSlot() {
    return sequences() - slotsTaken;
  }

  void addSlot(int slot) {
    if (promptSlot == NO_SLOT) {
      promptSlot = slot;
    } else {
      spareSlots.add(slot);
    }
    slotsTaken++;
  }

  int promptSlot() {
    return promptSlot;
  }

  /** Where the prompt's picture is, or is going to be, on the device. */
  int place() {
    return place;
  }

  void place(int taken) {
    place = taken;
  }

  /** Whether the towers are at the prompt's picture, or are going to be. */
  boolean looking() {
    return looking;
  }

  void looking(boolean now) {
    looking = now;
  }

  int prefilled() {
    return prefilled;
  }

  /** Notes that the prompt slot holds the state after so many positions, which were not fed. */
  void reused(int positions) {
    prefilled = positions;
    reused = positions;
  }

  /** Positions of the prompt that were not fed, because their state was kept. */
  int reused() {
    return reused;
  }

  /** Notes a prefilled piece; the last one's logits are what every sequence starts from. */
  void prefilledTo(int position, float[] logits, boolean last) {
    prefilled = position;
    if (last) {
      promptLogits = logits;
    }
  }

  boolean promptDone() {
    return promptLogits != null;
  }

  /** The next sequence and the slot to run it in, or null if there is none to start now. */
  @Nullable Start nextStart() {
    float[] logits = promptLogits;
    int sequences = sequences();
    if (logits == null || started == sequences) {
      return null;
    }
    boolean last = started == sequences - 1;
    Integer slot = last ? Integer.valueOf(promptSlot) : spareSlots.poll();
    if (slot == null) {
      return null;
    }
    int index = started++;
    if (last) {
      promptSlot = NO_SLOT;
      promptLogits = null;
    }
    return new Start(index, request.sequences().get(index), slot, !last, logits);
  }

  boolean allStarted() {
    return started == sequences();
  }

  /** A sequence about to run; {@code copy} says whether its slot needs the prompt slot's state. */
  record Start(int index, TokenSequence sequence, int slot, boolean copy, float[] logits) {}

  /** Gives back the slots that no sequence runs in. */
  void releaseIdleSlots(SlotPool slots) {
    if (promptSlot != NO_SLOT) {
      slots.give(promptSlot);
      promptSlot = NO_SLOT;
    }
    spareSlots.forEach(slots::give);
    spareSlots.clear();
  }

  /**
   * Notes that one sequence, its picture included, is done; true if it was the last. Any thread.
   */
  boolean sequenceDone() {
    reservation.returnSequence();
    return unfinished.decrementAndGet() == 0;
  }

  /** Any thread. */
  boolean ended() {
    return ended.get();
  }

  /** Marks the end; true the first time. Any thread. */
  boolean end() {
    return ended.compareAndSet(false, true);
  }
}
