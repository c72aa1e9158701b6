package org.omnimamba.training.scenes.judge;

/** The root of a covariance, by which vectors are made comparable. */
final class Cholesky {
  private Cholesky() {}

  /**
   * The lower triangle {@code L} with {@code L * transposed(L) = matrix}.
   *
   * @param matrix symmetric and positive; its lower triangle is read
   */
  static float[][] factor(double[][] matrix) {
    int size = matrix.length;
    double[][] lower = new double[size][];
    float[][] result = new float[size][];
    for (int i = 0; i < size; i++) {
      lower[i] = new double[i + 1];
      for (int k = 0; k <= i; k++) {
        double sum = matrix[i][k];
        for (int j = 0; j < k; j++) {
          sum -= lower[i][j] * lower[k][j];
        }
        if (i == k && !(sum > 0)) {
          throw new IllegalArgumentException("the matrix is not positive at " + i);
        }
        lower[i][k] = i == k ? Math.sqrt(sum) : sum / lower[k][k];
      }
      result[i] = new float[i + 1];
      for (int k = 0; k <= i; k++) {
        result[i][k] = (float) lower[i][k];
      }
    }
    return result;
  }

  /** The vector {@code x} with {@code lower * x = vector}. */
  static float[] solved(float[][] lower, float[] vector) {
    float[] solution = new float[vector.length];
    for (int i = 0; i < solution.length; i++) {
      float sum = vector[i];
      float[] row = lower[i];
      for (int k = 0; k < i; k++) {
        sum -= row[k] * solution[k];
      }
      solution[i] = sum / row[i];
    }
    return solution;
  }
}
