package org.omnimamba.model.checkpoint.tensor;

/**
 * A checkpoint, or a file of a model directory, that cannot be read, is damaged or does not fit its
 * configuration. The message is meant for the person who chose the file.
 */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CheckpointException(String message) {
    super(message);
  }

  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
