package org.omnimamba.training.config;

/** A configuration that cannot be used; the message names the file, the field and the reason. */
public final class InvalidTrainingConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidTrainingConfigException(String message) {
    super(message);
  }

  public InvalidTrainingConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
