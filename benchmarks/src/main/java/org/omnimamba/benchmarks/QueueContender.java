package org.omnimamba.benchmarks;

import java.util.concurrent.CountDownLatch;

/** A job queue on PostgreSQL, as the benchmark uses one. */
interface QueueContender extends AutoCloseable {

  /** Its name and what is special about this way of using it. */
  String name();

  /** Forgets all jobs. */
  void reset();

  /** Queues jobs through the public interface, several at once, each committed by itself. */
  void fill(int jobs, int atOnce);

  /** Queues jobs by whatever is fastest; not measured. */
  void fillQuickly(int jobs);

  /**
   * Runs a worker until so many jobs have been executed and their ends are committed.
   *
   * @param held how many jobs the worker may hold at a time
   */
  void work(int jobs, int held) throws InterruptedException;

  /** Starts a worker that waits for work; the latch is counted down at the start of each job. */
  AutoCloseable waitForWork(Starts starts);

  /** Queues one job. */
  void submitOne();

  /** Claims that many due jobs, measured, and ends them, not measured; nanoseconds of the claim. */
  long claim(int batch);

  @Override
  void close();

  /** Tells the benchmark that a job has started. */
  final class Starts {
    private volatile CountDownLatch latch = new CountDownLatch(1);
    private volatile long nanos;

    void next() {
      latch = new CountDownLatch(1);
    }

    void started() {
      nanos = System.nanoTime();
      latch.countDown();
    }

    long await() throws InterruptedException {
      latch.await();
      return nanos;
    }
  }
}
