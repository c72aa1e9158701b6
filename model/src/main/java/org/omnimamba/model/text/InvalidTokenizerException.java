package org.omnimamba.model.text;

/** A {@code tokenizer.json} that is damaged, too large or of another kind; the message says why. */
public final class InvalidTokenizerException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public InvalidTokenizerException(String message) {
    super(message);
  }

  public InvalidTokenizerException(String message, Throwable cause) {
    super(message, cause);
  }
}
