package org.omnimamba.jobs.worker;

/** The answer of inference-service ended too early or made no sense. */
final class BrokenStreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BrokenStreamException(String message) {
    super(message, null, false, false);
  }
}
