package org.omnimamba.evaluation.data;

/** Data that no benchmark can be run on; the message says which and why. */
public final class UnusableDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnusableDataException(String message) {
    super(message);
  }

  public UnusableDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
