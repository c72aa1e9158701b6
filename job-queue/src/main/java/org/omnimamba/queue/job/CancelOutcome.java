package org.omnimamba.queue.job;

/** What a request to cancel did. */
public sealed interface CancelOutcome {

  /** The job was still waiting and is cancelled now. */
  record Cancelled(Job job) implements CancelOutcome {}

  /** A worker holds the job and has been asked to stop. */
  record Cancelling(Job job) implements CancelOutcome {}

  /** The job had already ended; nothing was changed. */
  record AlreadyFinished(Job job) implements CancelOutcome {}

  /** The tenant has no such job. */
  record NotFound() implements CancelOutcome {}
}
