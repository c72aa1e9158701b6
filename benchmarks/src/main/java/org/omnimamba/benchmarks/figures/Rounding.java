package org.omnimamba.benchmarks.figures;

/** Numbers as reports show them. */
public final class Rounding {
  private Rounding() {}

  public static double tenths(double value) {
    return Math.round(10 * value) / 10.0;
  }

  public static double hundredths(double value) {
    return Math.round(100 * value) / 100.0;
  }
}
