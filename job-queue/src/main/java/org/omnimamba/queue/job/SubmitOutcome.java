package org.omnimamba.queue.job;

import java.time.Duration;

/** What became of a submission. */
public sealed interface SubmitOutcome {

  /** A new job was queued. */
  record Accepted(Job job) implements SubmitOutcome {}

  /** The key was used before by the same request, whose job has ended: answer with that. */
  record Replayed(Job job) implements SubmitOutcome {}

  /** The key was used before by the same request, whose job has not ended yet. */
  record StillRunning(Job job) implements SubmitOutcome {}

  /** The key was used before by a different request. */
  record KeyReused(Job job) implements SubmitOutcome {}

  /**
   * The tenant's queue is full.
   *
   * @param limit how many of its jobs may wait
   * @param retryAfter when there should be room again, from the pace of the last ten minutes; at
   *     least one second
   */
  record QueueFull(int limit, Duration retryAfter) implements SubmitOutcome {}
}
