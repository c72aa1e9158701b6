package org.omnimamba.jobs.worker;

/** The answer of inference-service ended too early or made no sense. */
public final class BrokenStreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says in the message what was wrong. */
  public BrokenStreamException(String message) {
    super(message, null, false, false);
  }
}
