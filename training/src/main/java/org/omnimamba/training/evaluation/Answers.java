package org.omnimamba.training.evaluation;

import java.util.Locale;

/** Compares answers with names. */
final class Answers {
  private Answers() {}

  /** Whether an answer is the name, but for case, an article before it and a full stop after it. */
  static boolean names(String answer, String name) {
    return plain(answer).equals(plain(name));
  }

  private static String plain(String text) {
    String plain = text.strip().toLowerCase(Locale.ROOT);
    while (plain.endsWith(".")) {
      plain = plain.substring(0, plain.length() - 1).stripTrailing();
    }
    for (String article : new String[] {"a ", "an ", "the "}) {
      if (plain.startsWith(article)) {
        return plain.substring(article.length()).strip();
      }
    }
    return plain;
  }
}
