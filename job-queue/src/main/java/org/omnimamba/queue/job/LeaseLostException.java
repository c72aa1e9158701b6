package org.omnimamba.queue.job;

import java.util.UUID;

/**
 * The claim no longer holds: its lease ran out and the job went on without it, or the job has
 * already ended. Nothing was written; the holder stops and drops its result.
 */
public final class LeaseLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The claim with that token on that job is lost. */
  public LeaseLostException(UUID id, long token) {
    // no stack trace: expected, and thrown from operators whose stack tells nothing
    super("claim " + token + " on job " + id + " no longer holds", null, false, false);
  }
}
