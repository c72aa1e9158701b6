package org.omnimamba.queue.worker;

import java.util.concurrent.atomic.LongAdder;
import org.omnimamba.queue.job.Job;

/** Counts what a worker does. */
final class WorkerCounters {
  final LongAdder claimed = new LongAdder();
  final LongAdder lost = new LongAdder();
  final LongAdder heartbeats = new LongAdder();
  private final LongAdder completed = new LongAdder();
  private final LongAdder retried = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder cancelled = new LongAdder();
  private final LongAdder expired = new LongAdder();
  private final LongAdder released = new LongAdder();

  /** An attempt ended with that status in the table. */
  void ended(Job job, boolean wasReleased) {
    switch (job.status()) {
      case COMPLETED -> completed.increment();
      case FAILED -> failed.increment();
      case CANCELLED -> cancelled.increment();
      case EXPIRED -> expired.increment();
      case QUEUED -> (wasReleased ? released : retried).increment();
      case IN_PROGRESS, CANCELLING ->
          throw new IllegalArgumentException("not ended: " + job.status());
    }
  }

  WorkerStats snapshot() {
    return new WorkerStats(
        claimed.sum(),
        completed.sum(),
        retried.sum(),
        failed.sum(),
        cancelled.sum(),
        expired.sum(),
        released.sum(),
        lost.sum(),
        heartbeats.sum());
  }
}
