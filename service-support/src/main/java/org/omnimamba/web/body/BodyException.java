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
    OVERLOADED
  }

  /** When to try again after {@link Reason#OVERLOADED}. */
  public static final int RETRY_AFTER_SECONDS = 1;

  private final Reason reason;

  BodyException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
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
