package org.omnimamba.inference.engine;

/**
 * A picture that waits to be drawn.
 *
 * @param codes the image tokens there were when it was asked for
 * @param partial number of the unfinished picture, or {@link #FINAL}
 */
record Drawing(RunningSequence sequence, int[] codes, int partial) {
  static final int FINAL = -1;

  boolean isFinal() {
    return partial == FINAL;
  }

  /** An unfinished picture of a sequence that has finished meanwhile is not worth drawing. */
  boolean outdated() {
    return !isFinal() && sequence.finished();
  }
}
