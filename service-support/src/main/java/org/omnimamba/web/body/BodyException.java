package org.omnimamba.web.body;

/** A body that was not read. The message is fit for the sender's eyes. */
public final class BodyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why a body was not read, and the status that tells so. */
  public enum Reason {
    /** Larger than allowed, announced or not: 413. */
    TOO_LARGE,
    /** It did not arrive in time: 408. */
    TOO_SLOW,
    /** The memory for bodies is used up: 503, and trying again helps. */
    OVERLOADED,
    /** The service stops before all of it was there: 503, and trying again helps. */
    STOPPING,
    /** The client has closed the connection; no answer reaches it. */
    CLIENT_GONE
  }

  /** When to try again after {@link Reason#OVERLOADED} and {@link Reason#STOPPING}. */
  public static final int RETRY_AFTER_SECONDS = 1;

  private final Reason reason;

  /**
   * A refusal.
   *
   * @param message what was wrong, for the sender
   */
  public BodyException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** The service stops before the body has arrived. */
  public static BodyException stopping() {
    return new BodyException(
        Reason.STOPPING, "The service stops before the body has arrived; nothing was done.");
  }

  public Reason reason() {
    return reason;
  }

  /** Never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
