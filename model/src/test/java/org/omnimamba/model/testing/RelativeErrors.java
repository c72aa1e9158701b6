package org.omnimamba.model.testing;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How far vectors are from the reference's: the Euclidean norm of a difference over that of what is
 * expected. NaN stays NaN.
 */
public final class RelativeErrors {
  private int count;
  private int sameLargest;
  private double differences;
  private double norms;
  private double worst;

  /** The error of one vector. */
  public static double of(float[] actual, float[] expected) {
    RelativeErrors errors = new RelativeErrors();
    errors.add(actual, expected);
    return errors.together();
  }

  /** Adds a vector, for example the logits of one position. */
  public void add(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    count++;
    differences += difference;
    norms += norm;
    worst = Math.max(worst, Math.sqrt(difference / norm));
    sameLargest += largest(actual) == largest(expected) ? 1 : 0;
  }

  /** The error of all vectors as one. */
  public double together() {
    return Math.sqrt(differences / norms);
  }

  /** The largest error of a single vector. */
  public double worst() {
    return worst;
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  @Override
  public String toString() {
    return "relative error %.2e together, %.2e at the worst of %d; the same largest in %d"
        .formatted(together(), worst, count, sameLargest);
  }
}
