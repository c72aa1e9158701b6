package org.omnimamba.evaluation.run;

/** A folder holds the answers of another run; the message names the difference. */
public final class RunMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RunMismatchException(String message) {
    super(message);
  }
}
