package org.omnimamba.model.text;

/** A prompt with more tokens than the model takes, and no leave to cut it. */
public final class PromptTooLongException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int promptTokens;
  private final int maxTokens;

  PromptTooLongException(String what, int promptTokens, int maxTokens) {
    super("%s has %d tokens; at most %d fit".formatted(what, promptTokens, maxTokens));
    this.promptTokens = promptTokens;
    this.maxTokens = maxTokens;
  }

  /** Tokens that the prompt has. */
  public int promptTokens() {
    return promptTokens;
  }

  /** Tokens that it may have, counted in the same way. */
  public int maxTokens() {
    return maxTokens;
  }
}
