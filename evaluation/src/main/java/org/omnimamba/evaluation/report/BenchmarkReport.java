package org.omnimamba.evaluation.report;

import java.util.List;
import java.util.Map;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.score.ScoreTable;
import org.omnimamba.evaluation.score.Scored;

/**
 * All that a run found.
 *
 * @param benchmark its name
 * @param run what the answers depend on: model, questions, settings
 * @param scorer the name of the scorer behind {@code table} and {@code scored}
 * @param rule what that scorer does
 * @param table the scores; of no rows where the right answers are not public
 * @param others the headline's value by the benchmark's other scorers
 * @param paper the paper's figures
 * @param scored all answers
 * @param faults what could not be used
 * @param notes what else a reader should know
 */
public record BenchmarkReport(
    String benchmark,
    Map<String, String> run,
    String scorer,
    String rule,
    ScoreTable table,
    Map<String, Double> others,
    PaperFigures paper,
    List<Scored> scored,
    List<Fault> faults,
    List<String> notes) {

  public BenchmarkReport {
    scored = List.copyOf(scored);
    faults = List.copyOf(faults);
    notes = List.copyOf(notes);
  }

  /** Whether there are scores. */
  public boolean hasScores() {
    return !table.rows().isEmpty();
  }

  /** Questions that are lost to faults. */
  public int unusable() {
    return faults.stream().mapToInt(Fault::questions).sum();
  }
}
