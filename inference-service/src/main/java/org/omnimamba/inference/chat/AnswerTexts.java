package org.omnimamba.inference.chat;

import java.util.List;

/**
 * The texts of which an answer must be exactly one.
 *
 * @param param the field that says so, for messages
 * @param all one or more, none empty
 */
record AnswerTexts(String param, List<String> all) {
  AnswerTexts {
    all = List.copyOf(all);
  }
}
