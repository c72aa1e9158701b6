package org.omnimamba.queue.job;

import java.time.Duration;

/** What a request to queue a job again did. */
public sealed interface RedriveOutcome {

  /** The job waits again, with all its attempts. */
  record Redriven(Job job) implements RedriveOutcome {}

  /** The job is neither failed nor expired; nothing was changed. */
  record NotDead(Job job) implements RedriveOutcome {}

  /**
   * The tenant's queue is full; nothing was changed.
   *
   * @param limit how many of its jobs may wait
   * @param retryAfter when there should be room again, at least one second
   */
  record QueueFull(int limit, Duration retryAfter) implements RedriveOutcome {}

  /** The tenant has no such job. */
  record NotFound() implements RedriveOutcome {}
}
