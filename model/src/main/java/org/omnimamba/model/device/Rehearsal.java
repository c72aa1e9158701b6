package org.omnimamba.model.device;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Calls that one thread makes and that are noted first, then run side by side for the sake of the
 * compilation that a function's first run brings. While they are noted, each returns zeros.
 */
final class Rehearsal {
  private final AtomicReference<@Nullable Thread> noting = new AtomicReference<>();

  /** By function and outputs: TensorFlow prepares a run anew for other outputs. */
  private final Map<CompiledFunction, Map<BitSet, CompiledFunction.Call>> calls =
      new LinkedHashMap<>();

  /** Whether calls of this thread are to be noted instead of run. */
  boolean isNoting() {
    return noting.get() == Thread.currentThread();
  }

  /** Notes a call; of equal ones the first is kept. */
  void note(CompiledFunction function, CompiledFunction.Call call, BitSet wanted) {
    calls.computeIfAbsent(function, f -> new LinkedHashMap<>()).putIfAbsent(wanted, call);
  }

  /** Notes what {@code script} calls. */
  void note(Runnable script) {
    if (!noting.compareAndSet(null, Thread.currentThread())) {
      throw new IllegalStateException("a rehearsal is going on already");
    }
    calls.clear();
    try {
      script.run();
    } finally {
      noting.set(null);
    }
  }

  /**
   * Runs what was noted, each function by one thread, in the order of their first calls. Returns
   * when no call is running any more.
   *
   * @param held the program's use, under which all threads run
   * @throws RuntimeException of the first call that failed; later ones are not begun
   */
  void run(ExclusiveUse.Use held, int threads, CompileListener listener) {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    AtomicInteger names = new AtomicInteger();
    ExecutorService pool =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "compile-" + names.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    calls.forEach(
        (function, runs) ->
            pool.execute(
                () -> {
                  if (failure.get() == null) {
                    try {
                      run(held, function, runs, listener);
                    } catch (RuntimeException | Error e) {
                      failure.compareAndSet(null, e);
                    }
                  }
                }));
    pool.shutdown();
    awaitEnd(pool);
    calls.clear();
    rethrow(failure.get());
  }

  private static void run(
      ExclusiveUse.Use held,
      CompiledFunction function,
      Map<BitSet, CompiledFunction.Call> runs,
      CompileListener listener) {
    long start = System.nanoTime();
    runs.forEach((wanted, call) -> call.run(wanted, held));
    listener.compiled(function.toString(), System.nanoTime() - start);
  }

  /** Native calls cannot be interrupted, and the session must not be closed under them. */
  private static void awaitEnd(ExecutorService pool) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = pool.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(@Nullable Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
