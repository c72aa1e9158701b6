package org.omnimamba.model.text;

/** What happens to a prompt that is too long. */
public enum Truncation {
  /** It is refused with a {@link PromptTooLongException}. */
  DISABLED,
  /** It is cut, and {@link Prompt#truncated()} says so. */
  AUTO
}
