package org.omnimamba.training.evaluation;

/**
 * How often something went well.
 *
 * @param hits times that it did
 * @param total times in all
 */
public record Rate(int hits, int total) {
  public Rate {
    if (hits < 0 || hits > total) {
      throw new IllegalArgumentException("%d of %d".formatted(hits, total));
    }
  }

  /** In percent; 0 when nothing was tried. */
  public double percent() {
    return total == 0 ? 0 : 100.0 * hits / total;
  }
}
