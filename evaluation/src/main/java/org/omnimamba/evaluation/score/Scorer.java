package org.omnimamba.evaluation.score;

import java.util.List;
import org.omnimamba.evaluation.data.Question;

/** One way to score a benchmark. Safe for many threads. */
public interface Scorer {
  /** By which the user chooses it. */
  String label();

  /** What it does, in a line. */
  String rule();

  /** What an answer is worth. */
  Judgement judge(Question question, String answer);

  /**
   * The benchmark's table.
   *
   * @param scored answers that this scorer has judged, at least one
   */
  ScoreTable table(List<Scored> scored);
}
