package org.omnimamba.inference.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why the engine did not take a request, or did not finish it. */
public final class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, in terms a caller can act on. */
  public enum Reason {
    /** No room for the request now; {@link #retryAfter()} says when there should be. */
    QUEUE_FULL,
    /** The model is still loading, or the device has failed and is being probed. */
    NOT_READY,
    /** The engine is stopping. */
    SHUTTING_DOWN,
    /** The request's time is over. */
    DEADLINE,
    /** The caller took the request back. */
    CANCELLED,
    /** The request cannot be run at all, whatever the load. */
    TOO_LARGE,
    /** The device or the sampling of this request failed. */
    FAILED
  }

  private final Reason reason;
  private final @Nullable Duration retryAfter;

  EngineException(Reason reason, String message) {
    this(reason, message, null, null);
  }

  EngineException(
      Reason reason, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }

  /** What requests get that are refused or left unfinished because the engine stops. */
  public static EngineException shuttingDown() {
    return new EngineException(Reason.SHUTTING_DOWN, "The server is shutting down.");
  }

  public Reason reason() {
    return reason;
  }

  /** When to try again; null where trying again is not known to help. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
