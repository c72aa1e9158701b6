package org.omnimamba.jobs.webhook;

import java.time.Duration;

/** A secret is not replaced again: as many of its predecessors still sign as may. */
public final class TooManySecretsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Duration retryAfter;

  TooManySecretsException(Duration retryAfter) {
    // no stack trace: this is an answer, not a fault
    super("too many secrets sign at once", null, false, false);
    this.retryAfter = retryAfter;
  }

  /** How long until the oldest of them stops signing. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
