package org.omnimamba.evaluation.distance;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * The squared Fréchet distance of two normal distributions: |m1 - m2|^2 + Tr(S1 + S2 - 2 (S1
 * S2)^(1/2)).
 *
 * <p>With S1 = A A' and S2 = B B' the trace of the root is the sum of the singular values of A' B.
 * That is as exact for covariances without full rank, of which the root of the product is not, and
 * needs no offset. Programs that take that root add 1e-6 to the diagonals where it fails; what that
 * gives is a figure of its own.
 *
 * @param value the distance, at least 0
 * @param fullRank whether both covariances have full rank
 * @param withOffset the distance with 1e-6 on both diagonals; equal to {@code value} for full rank
 */
public record FrechetDistance(double value, boolean fullRank, double withOffset) {
  private static final double OFFSET = 1e-6;

  /** A covariance's eigenvectors, and its eigenvalues with what is rounding set to 0. */
  private record Spectrum(DMatrixRMaj vectors, double[] values, boolean fullRank) {}

  /**
   * The distance of two sets of features.
   *
   * @throws IllegalStateException if one of them has fewer than two features
   */
  public static FrechetDistance between(FeatureStatistics one, FeatureStatistics other) {
    return between(one.mean(), one.covariance(), other.mean(), other.covariance());
  }

  /**
   * The distance of two distributions.
   *
   * @param mean1 {@code [width]}
   * @param covariance1 {@code [width, width]}, symmetric
   * @param mean2 {@code [width]}
   * @param covariance2 {@code [width, width]}, symmetric
   * @throws IllegalArgumentException if the sizes differ or no eigenvalues are found
   */
  public static FrechetDistance between(
      double[] mean1, DMatrixRMaj covariance1, double[] mean2, DMatrixRMaj covariance2) {
    if (mean1.length != mean2.length
        || covariance1.numRows != mean1.length
        || covariance2.numRows != mean2.length) {
      throw new IllegalArgumentException("features of different widths");
    }
    double means = 0;
    for (int i = 0; i < mean1.length; i++) {
      means += (mean1[i] - mean2[i]) * (mean1[i] - mean2[i]);
    }
    Spectrum spectrum1 = spectrum(covariance1);
    Spectrum spectrum2 = spectrum(covariance2);
    boolean fullRank = spectrum1.fullRank() && spectrum2.fullRank();
    double value = means + traces(spectrum1, spectrum2, 0);
    return new FrechetDistance(
        Math.max(0, value),
        fullRank,
        Math.max(0, fullRank ? value : means + traces(spectrum1, spectrum2, OFFSET)));
  }

  private static Spectrum spectrum(DMatrixRMaj covariance) {
    int size = covariance.numRows;
    EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(size, true, true);
    if (!eigen.decompose(covariance.copy())) {
      throw new IllegalArgumentException("a covariance has no eigenvalues");
    }
    DMatrixRMaj vectors = new DMatrixRMaj(size, size);
    double[] values = new double[size];
    double largest = 0;
    for (int i = 0; i < size; i++) {
      values[i] = eigen.getEigenvalue(i).getReal();
      largest = Math.max(largest, values[i]);
      CommonOps_DDRM.insert(eigen.getEigenVector(i), vectors, 0, i);
    }
    boolean fullRank = true;
    double rounding = largest * size * Math.ulp(1.0);
    for (int i = 0; i < size; i++) {
      if (values[i] <= rounding) {
        values[i] = 0;
        fullRank = false;
      }
    }
    return new Spectrum(vectors, values, fullRank);
  }

  /** Tr(S1 + S2 - 2 (S1 S2)^(1/2)) with the offset on both diagonals. */
  private static double traces(Spectrum one, Spectrum other, double offset) {
    int size = one.values().length;
    DMatrixRMaj product = new DMatrixRMaj(size, size);
    CommonOps_DDRM.multTransA(root(one, offset), root(other, offset), product);
    SingularValueDecomposition_F64<DMatrixRMaj> svd =
        DecompositionFactory_DDRM.svd(size, size, false, false, true);
    if (!svd.decompose(product)) {
      throw new IllegalArgumentException("the covariances have no singular values");
    }
    double trace = 0;
    for (double value : svd.getSingularValues()) {
      trace -= 2 * value;
    }
    for (int i = 0; i < size; i++) {
      trace += one.values()[i] + other.values()[i] + 2 * offset;
    }
    return trace;
  }

  /** A with A A' = the covariance. */
  private static DMatrixRMaj root(Spectrum spectrum, double offset) {
    DMatrixRMaj root = spectrum.vectors().copy();
    for (int column = 0; column < root.numCols; column++) {
      double scale = Math.sqrt(spectrum.values()[column] + offset);
      for (int row = 0; row < root.numRows; row++) {
        root.set(row, column, scale * root.get(row, column));
      }
    }
    return root;
  }
}
