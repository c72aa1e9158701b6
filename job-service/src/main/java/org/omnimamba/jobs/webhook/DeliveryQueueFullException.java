package org.omnimamba.jobs.webhook;

import java.time.Duration;

/** As many of a tenant's deliveries wait as may wait. */
public final class DeliveryQueueFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Duration retryAfter;

  DeliveryQueueFullException(Duration retryAfter) {
    super("as many deliveries wait as may wait");
    this.retryAfter = retryAfter;
  }

  /** When there should be room again. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
