package org.omnimamba.queue.job;

import java.util.Objects;

/**
 * Why an attempt, or the whole job, failed.
 *
 * @param code a stable word for programs, for example {@code worker_lost}
 * @param message a sentence for people
 */
public record JobError(String code, String message) {

  /** The lease ran out: the worker died or lost its database. */
  public static final String WORKER_LOST = "worker_lost";

  /** The deadline passed before the job ended. */
  public static final String DEADLINE_EXCEEDED = "deadline_exceeded";

  /** The handler threw something that is no {@link org.omnimamba.queue.worker.JobFailure}. */
  public static final String INTERNAL_ERROR = "internal_error";

  public JobError {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(message, "message");
  }
}
