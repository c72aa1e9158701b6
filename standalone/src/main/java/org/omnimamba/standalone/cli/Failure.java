package org.omnimamba.standalone.cli;

/** A command that cannot do what it was asked; the message is all that the user needs. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Failure(String message) {
    super(message);
  }

  Failure(String message, Throwable cause) {
    super(message, cause);
  }
}
