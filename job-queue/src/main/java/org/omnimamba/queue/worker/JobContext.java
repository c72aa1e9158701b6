package org.omnimamba.queue.worker;

import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.Progress;

/** What a handler knows of the attempt it runs. */
public interface JobContext {

  /** The job and the claim on it. */
  ClaimedJob claim();

  /** The job as claimed. */
  default Job job() {
    return claim().job();
  }

  /** What the job was submitted with. */
  default String payload() {
    return claim().payload();
  }

  /**
   * Tells how far the attempt has come. Never waits: writes are spaced out, and only the latest of
   * what came in between is written.
   */
  void progress(Progress progress);

  /** Whether the attempt should end: for handlers that look between two steps. */
  boolean isStopped();
}
