package org.omnimamba.evaluation.data;

import java.util.List;

/**
 * One question about one picture.
 *
 * @param id unique in its benchmark
 * @param category what it is counted under; empty where there are no categories
 * @param picture what it is about
 * @param text the question as the model is asked it, with the benchmark's instruction
 * @param answers the right answers: one, or those of ten people; empty where they are not public
 * @param options what can be chosen from, in the order of the letters A, B, C ...; empty for an
 *     open question
 */
public record Question(
    String id,
    String category,
    Picture picture,
    String text,
    List<String> answers,
    List<String> options) {

  public Question {
    answers = List.copyOf(answers);
    options = List.copyOf(options);
  }

  /** An open question. */
  public Question(String id, String category, Picture picture, String text, List<String> answers) {
    this(id, category, picture, text, answers, List.of());
  }

  Question withText(String value) {
    return new Question(id, category, picture, value, answers, options);
  }
}
