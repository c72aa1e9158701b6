package org.omnimamba.model.float64;

import java.util.stream.IntStream;

/** What the layers are made of, in float64. */
final class PlainFunctions {
  /** Beyond it erf differs from 1 by less than float64 can tell. */
  private static final double ERF_IS_ONE = 6;

  private PlainFunctions() {}

  /**
   * {@code x · matrix^T}; each sum is taken in the order of the columns.
   *
   * @param x {@code [tokens][in]}
   * @param matrix {@code [out, in]}
   * @return {@code [tokens][out]}
   */
  static double[][] product(double[][] x, float[] matrix) {
    int tokens = x.length;
    int in = x[0].length;
    int out = matrix.length / in;
    double[][] columns = new double[in][tokens];
    for (int token = 0; token < tokens; token++) {
      for (int i = 0; i < in; i++) {
        columns[i][token] = x[token][i];
      }
    }
    double[][] result = new double[tokens][out];
    IntStream.range(0, out)
        .parallel()
        .forEach(
            row -> {
              double[] sums = new double[tokens];
              for (int i = 0; i < in; i++) {
                double weight = matrix[row * in + i];
                double[] column = columns[i];
                for (int token = 0; token < tokens; token++) {
                  sums[token] += weight * column[token];
                }
              }
              for (int token = 0; token < tokens; token++) {
                result[token][row] = sums[token];
              }
            });
    return result;
  }

  /** {@code x / sqrt(mean(x^2) + epsilon) * weight}. */
  static double[] rmsNorm(double[] x, float[] weight, double epsilon) {
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double scale = 1 / Math.sqrt(squares / x.length + epsilon);
    double[] result = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      result[i] = x[i] * scale * weight[i];
    }
    return result;
  }

  static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  static double geluTanh(double x) {
    return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  static double gelu(double x) {
    return x / 2 * (1 + erf(x / Math.sqrt(2)));
  }

  /** By the series whose terms all have the sign of {@code x}. */
  static double erf(double x) {
    if (Math.abs(x) > ERF_IS_ONE) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > Math.ulp(sum) / 2; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}
