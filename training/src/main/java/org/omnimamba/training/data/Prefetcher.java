package org.omnimamba.training.data;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Makes batches ahead of time on a thread of its own, so that the device need not wait for them.
 * One thread takes them. Closing ends the thread.
 */
public final class Prefetcher implements AutoCloseable {
  private final BlockingQueue<Made> queue;
  private final Thread thread;
  private long expected;

  /** A batch, or the reason why there is none. */
  private record Made(long step, @Nullable Batch batch, @Nullable Throwable failure) {}

  /**
   * Starts at once.
   *
   * @param firstStep the first batch to make
   * @param ahead how many batches to keep ready; each takes host memory
   */
  public Prefetcher(BatchSource source, long firstStep, int ahead) {
    queue = new ArrayBlockingQueue<>(ahead);
    expected = firstStep;
    thread = new Thread(() -> fill(source, firstStep), "batches");
    thread.setDaemon(true);
    thread.start();
  }

  private void fill(BatchSource source, long firstStep) {
    try {
      for (long step = firstStep; ; step++) {
        Made made;
        try {
          made = new Made(step, source.batch(step), null);
        } catch (RuntimeException | Error e) {
          made = new Made(step, null, e);
        }
        queue.put(made);
        if (made.failure() != null) {
          return;
        }
      }
    } catch (InterruptedException e) {
      // closed: nobody wants more
    }
  }

  /**
   * The batch of the next step; waits until it is made.
   *
   * @throws IllegalStateException if making it failed; the cause says why
   * @throws InterruptedException if interrupted while waiting
   */
  public Batch next() throws InterruptedException {
    Made made = queue.take();
    Batch batch = made.batch();
    if (batch == null) {
      queue.put(made);
      throw new IllegalStateException(
          "cannot make the batch of step %d".formatted(made.step()), made.failure());
    }
    if (made.step() != expected++) {
      throw new IllegalStateException("batches were taken by several threads");
    }
    return batch;
  }

  /** Ends the thread and waits for its end. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
