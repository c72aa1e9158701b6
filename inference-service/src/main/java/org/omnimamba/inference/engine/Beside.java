package org.omnimamba.inference.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The second thread of a device: towers and pixels run in it while the engine's own thread runs
 * prompts and steps. One call at a time; of the two kinds the one that was not last comes first, so
 * that neither waits for all of the other. What a call leads to happens in the engine's thread, in
 * {@link #finish}. Without a second thread each call runs at once in the engine's.
 */
final class Beside implements AutoCloseable {
  private static final long IDLE = 0;

  /** What is run. */
  enum Kind {
    TOWERS,
    PIXELS
  }

  /**
   * How a call ended.
   *
   * @param ran whether the device was used
   * @param failure of the device, or null
   */
  record Outcome(boolean ran, @Nullable Throwable failure) {}

  private record Call(BooleanSupplier work, Consumer<Outcome> then) {}

  private final LongSupplier nanoTime;
  private final Runnable wake;

  /** Guards what waits for the second thread. */
  private final Object lock = new Object();

  private final Deque<Call> towers = new ArrayDeque<>();
  private final Deque<Call> pixels = new ArrayDeque<>();
  private Kind last = Kind.PIXELS;
  private boolean closed;

  private final Queue<Runnable> results = new ConcurrentLinkedQueue<>();
  private volatile long startedNanos = IDLE;
  private @Nullable Thread thread;

  /** Calls that were handed over and are not finished; the engine's thread counts. */
  private int inFlight;

  /**
   * @param wake called in the second thread when there is something to {@link #finish}
   */
  Beside(LongSupplier nanoTime, Runnable wake) {
    this.nanoTime = nanoTime;
    this.wake = wake;
  }

  /** Begins to run calls in a second thread. */
  void start() {
    Thread started = new Thread(this::run, "omnimamba-engine-beside");
    started.setDaemon(true);
    started.start();
    thread = started;
  }

  /** Whether there is a second thread. */
  boolean enabled() {
    return thread != null;
  }

  /**
   * Runs a call.
   *
   * @param work uses the device; false if it had no need to
   * @param then hears of the end in the engine's thread
   */
  void call(Kind kind, BooleanSupplier work, Consumer<Outcome> then) {
    Call call = new Call(work, then);
    if (thread == null) {
      then.accept(outcome(call));
      return;
    }
    inFlight++;
    synchronized (lock) {
      waiting(kind).add(call);
      lock.notifyAll();
    }
  }

  private Deque<Call> waiting(Kind kind) {
    return kind == Kind.TOWERS ? towers : pixels;
  }

  private static Outcome outcome(Call call) {
    try {
      return new Outcome(call.work().getAsBoolean(), null);
    } catch (RuntimeException | Error e) {
      return new Outcome(true, e);
    }
  }

  private void run() {
    Call call = next();
    while (call != null) {
      Consumer<Outcome> then = call.then();
      startedNanos = nanoTime.getAsLong() | 1; // never IDLE
      Outcome outcome = outcome(call);
      startedNanos = IDLE;
      results.add(() -> then.accept(outcome));
      wake.run();
      call = next();
    }
  }

  private @Nullable Call next() {
    synchronized (lock) {
      while (!closed) {
        Kind other = last == Kind.TOWERS ? Kind.PIXELS : Kind.TOWERS;
        Kind kind = waiting(other).isEmpty() ? last : other;
        Call call = waiting(kind).poll();
        if (call != null) {
          last = kind;
          return call;
        }
        try {
          lock.wait();
        } catch (InterruptedException e) {
          return null;
        }
      }
      return null;
    }
  }

  /** Does what ended calls lead to; true if there was one. */
  boolean finish() {
    boolean any = false;
    Runnable result = results.poll();
    while (result != null) {
      any = true;
      inFlight--;
      result.run();
      result = results.poll();
    }
    return any;
  }

  /** Whether {@link #finish} has something to do. */
  boolean hasResults() {
    return !results.isEmpty();
  }

  /** Whether calls are going on or waiting, and none has ended. */
  boolean busy() {
    return inFlight > 0 && results.isEmpty();
  }

  /** Whether the call that is going on has taken longer than so many nanoseconds. Any thread. */
  boolean longerThan(long nanos) {
    long started = startedNanos;
    return started != IDLE && nanoTime.getAsLong() - started > nanos;
  }

  /** Lets the call that is going on end and begins no other. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    Thread running = thread;
    boolean interrupted = false;
    while (running != null && running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
