package org.omnimamba.training.scenes.judge;

import org.jspecify.annotations.Nullable;

/**
 * One line of the evaluation.
 *
 * @param name what is measured
 * @param hits times that it was right
 * @param count times in all
 * @param aim in percent
 * @param real in percent, what the same judge says of the real scenes; null where nothing is drawn
 * @param shuffled in percent, what it says of real scenes of other captions
 */
public record SceneMeasure(
    String name,
    int hits,
    int count,
    double aim,
    @Nullable Double real,
    @Nullable Double shuffled) {

  /** In percent; 0 where nothing was tried. */
  public double percent() {
    return count == 0 ? 0 : 100.0 * hits / count;
  }
}
