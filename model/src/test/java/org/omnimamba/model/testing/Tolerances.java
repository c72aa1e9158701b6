package org.omnimamba.model.testing;

import static org.assertj.core.api.Assertions.assertThat;

/** Comparisons with the reference's numbers. */
public final class Tolerances {
  private Tolerances() {}

  /** Every element within {@code 1e-4 + 1e-4 * |expected|}, the tolerance for float32 values. */
  public static void assertClose(String what, float[] actual, float[] expected) {
    assertClose(what, actual, expected, 1e-4f);
  }

  /** Every element within {@code tolerance * (1 + |expected|)}. */
  public static void assertClose(String what, float[] actual, float[] expected, float tolerance) {
    assertThat(actual).as("%s: number of elements", what).hasSameSizeAs(expected);
    int worst = -1;
    double worstExcess = 0;
    for (int i = 0; i < expected.length; i++) {
      double excess = Math.abs(actual[i] - expected[i]) / (1.0 + Math.abs(expected[i]));
      if (!(excess <= worstExcess)) {
        worst = i;
        worstExcess = excess;
      }
    }
    if (!(worstExcess <= tolerance)) {
      throw new AssertionError(
          "%s: element %d is %s, expected %s: off by %.2e, allowed %.0e"
              .formatted(what, worst, actual[worst], expected[worst], worstExcess, tolerance));
    }
  }
}
