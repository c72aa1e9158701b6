package org.omnimamba.queue.worker;

import reactor.core.publisher.Mono;

/** Does the work of one kind of job. */
@FunctionalInterface
public interface JobHandler {

  /**
   * Runs one attempt. The publisher is subscribed once, on a thread that may block; it is cancelled
   * when the job is cancelled, its deadline passes, the lease is lost, or the worker is drained.
   *
   * <p>Ending empty completes the job without a result. Ending with a {@link JobFailure} fails the
   * attempt as that says; with any other error, it fails and may be tried again.
   *
   * <p>An attempt may run although an earlier one did its work and died before it could say so:
   * effects outside the database must bear repetition.
   */
  Mono<JobOutcome> handle(JobContext context);
}
