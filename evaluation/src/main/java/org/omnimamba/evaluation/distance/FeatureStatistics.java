package org.omnimamba.evaluation.distance;

import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.jspecify.annotations.Nullable;

/** Mean and covariance of features, which are added bit by bit and not kept. One thread. */
public final class FeatureStatistics {
  private final int width;
  private final double[] sums;
  private final DMatrixRMaj products;

  /** The first feature: sums of differences to it lose no digits where the mean is large. */
  private double @Nullable [] origin;

  private int count;

  /**
   * Statistics of nothing yet.
   *
   * @param width numbers of a feature
   */
  public FeatureStatistics(int width) {
    this.width = width;
    this.sums = new double[width];
    this.products = new DMatrixRMaj(width, width);
  }

  /**
   * Adds features.
   *
   * @param features {@code [width]} each
   * @throws IllegalArgumentException if one has another width or a number that is not finite
   */
  public void add(List<float[]> features) {
    if (features.isEmpty()) {
      return;
    }
    DMatrixRMaj block = new DMatrixRMaj(features.size(), width);
    for (int row = 0; row < features.size(); row++) {
      float[] feature = features.get(row);
      if (feature.length != width) {
        throw new IllegalArgumentException(
            "a feature of %d numbers among those of %d".formatted(feature.length, width));
      }
      double[] from = origin(feature);
      for (int column = 0; column < width; column++) {
        double difference = feature[column] - from[column];
        if (!Double.isFinite(difference)) {
          throw new IllegalArgumentException("a feature is not finite");
        }
        block.set(row, column, difference);
        sums[column] += difference;
      }
    }
    CommonOps_DDRM.multAddTransA(block, block, products);
    count += features.size();
  }

  private double[] origin(float[] first) {
    if (origin == null) {
      origin = new double[width];
      for (int i = 0; i < width; i++) {
        origin[i] = first[i];
      }
    }
    return origin;
  }

  /** How many features were added. */
  public int count() {
    return count;
  }

  /** {@code [width]}. */
  public double[] mean() {
    double[] mean = new double[width];
    double[] from = requireOrigin();
    for (int i = 0; i < width; i++) {
      mean[i] = from[i] + sums[i] / count;
    }
    return mean;
  }

  /**
   * The unbiased covariance, {@code [width, width]}.
   *
   * @throws IllegalStateException of fewer than two features
   */
  public DMatrixRMaj covariance() {
    requireOrigin();
    if (count < 2) {
      throw new IllegalStateException("one feature has no covariance");
    }
    DMatrixRMaj covariance = new DMatrixRMaj(width, width);
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        covariance.set(i, j, (products.get(i, j) - sums[i] * sums[j] / count) / (count - 1));
      }
    }
    return covariance;
  }

  private double[] requireOrigin() {
    if (origin == null) {
      throw new IllegalStateException("no feature was added");
    }
    return origin;
  }
}
