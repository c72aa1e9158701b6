package org.omnimamba.benchmarks.figures;

import java.util.Arrays;

/**
 * Quantiles by the nearest rank, the one definition that all reports use: each is a value that
 * occurred, the least one that the wanted share of all values does not exceed.
 */
public final class Quantile {
  private Quantile() {}

  /**
   * A quantile.
   *
   * @param values in any order; they are left as they are
   * @param share 0 for the least to 1 for the largest
   * @return 0 of no values
   * @throws IllegalArgumentException if the share is not from 0 to 1
   */
  public static double of(double[] values, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("a share is from 0 to 1, not " + share);
    }
    if (values.length == 0) {
      return 0;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(1, rank) - 1];
  }

  /** The value that half of all do not exceed; of an even number the lower one of the middle. */
  public static double median(double[] values) {
    return of(values, 0.5);
  }
}
