package org.omnimamba.queue.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.TransactionHook;

/** How an attempt ended, and what must be written in the transaction that records it. */
public sealed interface JobOutcome {

  /** What is written in the same transaction. */
  TransactionHook hook();

  /** The job is done. */
  record Completed(@Nullable String resultReference, TransactionHook hook) implements JobOutcome {}

  /**
   * The attempt failed.
   *
   * @param retryable whether another attempt may work
   * @param retryAfter when, in place of the policy's delay, or null
   */
  record Failed(
      JobError error, boolean retryable, @Nullable Duration retryAfter, TransactionHook hook)
      implements JobOutcome {}

  /**
   * The attempt could not begin, because what it needs is not there. The job waits and the attempt
   * does not count, however often this happens; its deadline, if it has one, ends the waiting. The
   * waits grow as the policy's delays do, up to 30 s.
   *
   * @param reason what is missing, shown while the job waits
   * @param after a wait that must not be cut short, or null
   */
  record Postponed(JobError reason, @Nullable Duration after, TransactionHook hook)
      implements JobOutcome {}

  /** Done, with nothing to store. */
  static JobOutcome completed() {
    return new Completed(null, TransactionHook.NONE);
  }

  /** Done, with a result that the hook stores or that is stored already. */
  static JobOutcome completed(String resultReference, TransactionHook hook) {
    return new Completed(resultReference, hook);
  }

  /** Failed for good. */
  static JobOutcome failed(JobError error) {
    return new Failed(error, false, null, TransactionHook.NONE);
  }

  /** Failed, to be tried again after the policy's delay while attempts are left. */
  static JobOutcome retry(JobError error) {
    return new Failed(error, true, null, TransactionHook.NONE);
  }

  /** The same outcome, with another hook. */
  default JobOutcome with(TransactionHook hook) {
    if (this instanceof Failed failed) {
      return new Failed(failed.error(), failed.retryable(), failed.retryAfter(), hook);
    }
    if (this instanceof Postponed postponed) {
      return new Postponed(postponed.reason(), postponed.after(), hook);
    }
    return new Completed(((Completed) this).resultReference(), hook);
  }
}
