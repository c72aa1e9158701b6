package org.omnimamba.benchmarks;

/** Figures as reports show them. */
final class Rounding {
  private Rounding() {}

  static double hundredths(double value) {
    return Math.round(100 * value) / 100.0;
  }
}
