package org.omnimamba.training.data;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes batches ahead of time on threads of its own, so that the device need not wait for them. A
 * batch depends on its step alone, so several are made at once; they are given in their order. One
 * thread takes them. Closing ends the threads.
 */
public final class Prefetcher implements AutoCloseable {
  private final BatchSource source;
  private final ExecutorService makers;
  private final Queue<Future<Batch>> made = new ArrayDeque<>();
  private long step;
  private long wanted;

  /**
   * Starts at once.
   *
   * @param firstStep the first batch to make
   * @param ahead how many batches to keep ready; each takes host memory
   */
  public Prefetcher(BatchSource source, long firstStep, int ahead) {
    this.source = source;
    step = firstStep;
    wanted = firstStep;
    AtomicInteger number = new AtomicInteger();
    int threads = Math.min(ahead, Runtime.getRuntime().availableProcessors());
    makers =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "batches-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    for (int i = 0; i < ahead; i++) {
      makeAnother();
    }
  }

  private void makeAnother() {
    long number = wanted++;
    made.add(makers.submit(() -> source.batch(number)));
  }

  /**
   * The batch of the next step; waits until it is made.
   *
   * @throws IllegalStateException if making it failed, and again at each later call; the cause says
   *     why
   * @throws InterruptedException if interrupted while waiting
   */
  public Batch next() throws InterruptedException {
    Batch batch;
    try {
      batch = made.element().get();
    } catch (ExecutionException | CancellationException e) {
      throw new IllegalStateException(
          "cannot make the batch of step %d".formatted(step), e.getCause());
    }
    made.remove();
    step++;
    makeAnother();
    return batch;
  }

  /** Ends the threads and waits for their end. */
  @Override
  public void close() {
    makers.shutdownNow();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = makers.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
