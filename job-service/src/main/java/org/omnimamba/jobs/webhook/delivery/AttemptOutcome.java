package org.omnimamba.jobs.webhook.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt came to.
 *
 * @param kind what follows from it
 * @param status the HTTP status, or null when there was no answer
 * @param retryAfter the receiver's wish with a 429 or 503, or null
 * @param latency from the start of the attempt to its outcome
 * @param error why it failed in a few words, or null when it was delivered
 * @param responseHead the first bytes of the answer, kept for the operator and never shown to a
 *     tenant (the answer could come from a host that the tenant should not be able to read)
 */
public record AttemptOutcome(
    Kind kind,
    @Nullable Integer status,
    @Nullable Duration retryAfter,
    Duration latency,
    @Nullable String error,
    byte[] responseHead) {

  /** The address must not be contacted; no request was made. */
  public static AttemptOutcome refused() {
    return new AttemptOutcome(
        Kind.FAILED, null, null, Duration.ZERO, "address refused", new byte[0]);
  }

  /** No attempt could be made, by no fault of the receiver's. */
  public static AttemptOutcome notMade(String reason) {
    return new AttemptOutcome(Kind.FAILED, null, null, Duration.ZERO, reason, new byte[0]);
  }

  /** What follows from an attempt. */
  public enum Kind {
    /** A 2xx: done. */
    DELIVERED,
    /** A 410: the receiver wants no more of these, the endpoint is disabled. */
    GONE,
    /** Anything else: the next attempt by the schedule. */
    FAILED
  }
}
