package org.omnimamba.evaluation.data;

import java.util.Locale;

/**
 * Something of a benchmark's files that cannot be used.
 *
 * @param kind what is wrong
 * @param where file and line, or the question's id
 * @param reason one sentence
 * @param questions how many questions are lost by it, at least 1
 */
public record Fault(Kind kind, String where, String reason, int questions) {

  public Fault {
    if (questions < 1) {
      throw new IllegalArgumentException("a fault loses at least one question");
    }
  }

  /** A fault that loses one question. */
  public Fault(Kind kind, String where, String reason) {
    this(kind, where, reason, 1);
  }

  /** What can be wrong. */
  public enum Kind {
    MISSING_PICTURE,
    UNREADABLE_PICTURE,
    DUPLICATE_QUESTION,
    WRONG_ENCODING,
    MALFORMED_ENTRY,
    UNREADABLE_FILE,
    /** The other question about a picture is unusable, and the score needs both. */
    INCOMPLETE_PAIR,
    /** The model or the server does not take the question. */
    REFUSED;

    /** As people write it. */
    public String title() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  @Override
  public String toString() {
    return "%s: %s: %s".formatted(kind.title(), where, reason);
  }
}
