package org.omnimamba.model.image;

/** Bytes that are not an image this platform takes; the message is fit for the sender's eyes. */
public final class InvalidImageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  InvalidImageException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  InvalidImageException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** Why an image was refused. */
  public enum Reason {
    /** The bytes carry the signature of no image format, or there are none. */
    NOT_AN_IMAGE,
    /** An image, but of a kind that is not read here. */
    UNSUPPORTED,
    /** The data end before the image does. */
    TRUNCATED,
    /** Width or height is zero. */
    ZERO_SIZED,
    /** More bytes than {@link ImageLimits#maxBytes()}. */
    TOO_MANY_BYTES,
    /** A side is longer than {@link ImageLimits#maxSide()}. */
    TOO_LONG_SIDE,
    /** More pixels than {@link ImageLimits#maxPixels()}. */
    TOO_MANY_PIXELS,
    /** The data contradict themselves. */
    DAMAGED
  }
}
