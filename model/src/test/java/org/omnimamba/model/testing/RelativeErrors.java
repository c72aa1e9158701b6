package org.omnimamba.model.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

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
  private double furthest;

  /** The error of one vector. */
  public static double of(float[] actual, float[] expected) {
    RelativeErrors errors = new RelativeErrors();
    errors.add(actual, expected);
    return errors.together();
  }

  /** Adds a vector, for example the logits of one position. */
  public void add(float[] actual, float[] expected) {
    double[] widened = new double[expected.length];
    Arrays.setAll(widened, i -> expected[i]);
    add(actual, widened);
  }

  /** {@link #add(float[], float[])} with more digits. */
  public void add(float[] actual, double[] expected) {
    assertThat(actual).hasSize(expected.length);
    double difference = 0;
    double norm = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
      largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
    }
    count++;
    differences += difference;
    norms += norm;
    worst = Math.max(worst, Math.sqrt(difference / norm));
    furthest = Math.max(furthest, largest / Math.sqrt(norm / expected.length));
    sameLargest +=
        largest(actual.length, i -> actual[i]) == largest(expected.length, i -> expected[i])
            ? 1
            : 0;
  }

  /** The error of all vectors as one. */
  public double together() {
    return Math.sqrt(differences / norms);
  }

  /** The largest error of a single vector. */
  public double worst() {
    return worst;
  }

  /** The largest difference of a single element, over the root mean square of its vector. */
  public double furthest() {
    return furthest;
  }

  private static int largest(int count, IntToDoubleFunction values) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = values.applyAsDouble(i) > values.applyAsDouble(best) ? i : best;
    }
    return best;
  }

  @Override
  public String toString() {
    return "relative error %.2e together, %.2e at the worst of %d; the same largest in %d"
        .formatted(together(), worst, count, sameLargest);
  }
}
