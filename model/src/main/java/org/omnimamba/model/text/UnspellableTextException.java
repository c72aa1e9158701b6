package org.omnimamba.model.text;

/** A text that no tokens of the vocabulary write; the message holds its beginning. */
public final class UnspellableTextException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private static final int SHOWN = 60;

  UnspellableTextException(String text) {
    super("the model's vocabulary cannot write '%s'".formatted(beginning(text)));
  }

  private static String beginning(String text) {
    return text.codePointCount(0, text.length()) <= SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "...";
  }
}
