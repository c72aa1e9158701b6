package org.omnimamba.queue.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.TransactionHook;

/** Thrown by a handler to fail its attempt in a typed way. */
public final class JobFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient JobError error;
  private final boolean retryable;
  private final transient @Nullable Duration retryAfter;

  private JobFailure(JobError error, boolean retryable, @Nullable Duration retryAfter) {
    super(error.code() + ": " + error.message());
    this.error = error;
    this.retryable = retryable;
    this.retryAfter = retryAfter;
  }

  /** The job will never work: no further attempt. */
  public static JobFailure permanent(String code, String message) {
    return new JobFailure(new JobError(code, message), false, null);
  }

  /** Another attempt may work, after the policy's delay. */
  public static JobFailure retryable(String code, String message) {
    return new JobFailure(new JobError(code, message), true, null);
  }

  /** Another attempt may work, not before that delay. */
  public static JobFailure retryable(String code, String message, Duration after) {
    return new JobFailure(new JobError(code, message), true, after);
  }

  JobOutcome.Failed outcome() {
    return new JobOutcome.Failed(error, retryable, retryAfter, TransactionHook.NONE);
  }
}
