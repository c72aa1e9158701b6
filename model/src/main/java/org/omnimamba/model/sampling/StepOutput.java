package org.omnimamba.model.sampling;

/** What a decode step gives for one sequence. */
public sealed interface StepOutput {

  /**
   * The token that the device drew.
   *
   * @param id in the vocabulary of the sequence's task, or negative if a logit was NaN or infinite
   */
  record Drawn(int id) implements StepOutput {}

  /**
   * The logits, for a caller that draws itself.
   *
   * @param values {@code [vocabulary of the sequence's task]}
   */
  record Logits(float[] values) implements StepOutput {}
}
