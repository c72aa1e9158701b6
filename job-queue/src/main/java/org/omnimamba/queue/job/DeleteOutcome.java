package org.omnimamba.queue.job;

/** What a request to delete did. */
public sealed interface DeleteOutcome {

  /** The job and its stored results are gone. */
  record Deleted(Job job) implements DeleteOutcome {}

  /** The job has not ended; cancel it first. Nothing was changed. */
  record NotFinished(Job job) implements DeleteOutcome {}

  /** The tenant has no such job. */
  record NotFound() implements DeleteOutcome {}
}
