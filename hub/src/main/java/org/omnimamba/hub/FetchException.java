package org.omnimamba.hub;

import org.jspecify.annotations.Nullable;

/**
 * Something cannot be fetched. The message is one sentence for the person who asked, and what to do
 * next.
 */
public class FetchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FetchException(String message) {
    this(message, null);
  }

  /**
   * @param reason what lies behind it; the message says all of it that a person needs, so it only
   *     appears in a stack trace
   */
  public FetchException(String message, @Nullable Throwable reason) {
    super(message);
    if (reason != null) {
      addSuppressed(reason);
    }
  }
}
