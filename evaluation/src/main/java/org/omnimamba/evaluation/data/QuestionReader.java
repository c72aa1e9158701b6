package org.omnimamba.evaluation.data;

import java.io.IOException;

/** Reads one benchmark's published files. */
public interface QuestionReader {
  /** Answers in a word or two are asked for so, in all benchmarks of short answers. */
  String SHORT_ANSWER = "\nAnswer the question using a single word or phrase.";

  /**
   * Reads all questions.
   *
   * @throws UnusableDataException if the files are not there or cannot be read as a whole
   */
  QuestionSet read(DataOptions options) throws IOException;
}
