package org.omnimamba.evaluation.distance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

/**
 * Values from NumPy 2.4.6, in other ways than the program's: the root's trace from the eigenvalues
 * of S1 S2 (also with SciPy 1.17.1's sqrtm), and where that is too inexact, from the singular
 * values of the centred features' product. Features are x[i][j] = s sin(1 + 3 i + 7 j + 0.37 i j +
 * phase), in float64 there; here in float32, so that distributions are compared as given.
 */
class FrechetDistanceTest {
  private static final double EXACT = 1e-6;
  private static final int WIDTH = 8;

  private static double[][] features(int count, double phase, double scale) {
    double[][] features = new double[count][WIDTH];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < WIDTH; j++) {
        features[i][j] = scale * Math.sin(1 + 3 * i + 7 * j + 0.37 * i * j + phase);
      }
    }
    return features;
  }

  /** Three of eight columns are sums of others. */
  private static double[][] ofRankFive() {
    double[][] features = features(40, 0, 1);
    for (double[] row : features) {
      row[5] = row[0] + row[1];
      row[6] = 2 * row[2];
      row[7] = row[3] - row[4];
    }
    return features;
  }

  private static double[] mean(double[][] features) {
    double[] mean = new double[WIDTH];
    for (double[] row : features) {
      for (int j = 0; j < WIDTH; j++) {
        mean[j] += row[j] / features.length;
      }
    }
    return mean;
  }

  private static DMatrixRMaj covariance(double[][] features) {
    double[] mean = mean(features);
    DMatrixRMaj covariance = new DMatrixRMaj(WIDTH, WIDTH);
    for (int i = 0; i < WIDTH; i++) {
      for (int j = 0; j < WIDTH; j++) {
        double sum = 0;
        for (double[] row : features) {
          sum += (row[i] - mean[i]) * (row[j] - mean[j]);
        }
        covariance.set(i, j, sum / (features.length - 1));
      }
    }
    return covariance;
  }

  private static FrechetDistance between(double[][] one, double[][] other) {
    return FrechetDistance.between(mean(one), covariance(one), mean(other), covariance(other));
  }

  @Test
  void ofRandomCovariances() {
    FrechetDistance distance = between(features(40, 0, 1), features(50, 0.5, 1.5));
    assertThat(distance.value()).isCloseTo(1.172494772280043, within(EXACT));
    assertThat(distance.fullRank()).isTrue();
    assertThat(distance.withOffset()).isEqualTo(distance.value());
  }

  /** Variances 1 to 8 against 1 to 1/8; means 0.1 j and 0.3 j - 0.2. */
  @Test
  void ofDiagonalCovariances() {
    double[] mean1 = new double[WIDTH];
    double[] mean2 = new double[WIDTH];
    DMatrixRMaj one = new DMatrixRMaj(WIDTH, WIDTH);
    DMatrixRMaj other = new DMatrixRMaj(WIDTH, WIDTH);
    for (int j = 0; j < WIDTH; j++) {
      mean1[j] = 0.1 * j;
      mean2[j] = 0.3 * j - 0.2;
      one.set(j, j, 1 + j);
      other.set(j, j, 1 / (1.0 + j));
    }
    assertThat(FrechetDistance.between(mean1, one, mean2, other).value())
        .isCloseTo(26.39785714285714, within(EXACT));
  }

  /** Nothing but the means is apart: eight times 0.25 squared. */
  @Test
  void ofEqualCovariances() {
    double[][] features = features(40, 0, 1);
    double[] moved = mean(features);
    for (int j = 0; j < WIDTH; j++) {
      moved[j] += 0.25;
    }
    DMatrixRMaj covariance = covariance(features);
    assertThat(FrechetDistance.between(mean(features), covariance, moved, covariance).value())
        .isCloseTo(0.5, within(EXACT));
    assertThat(between(features, features).value()).isCloseTo(0, within(EXACT));
  }

  @Test
  void ofCovariancesWithoutFullRank() {
    FrechetDistance both = between(ofRankFive(), features(6, 0.9, 1));
    assertThat(both.value()).isCloseTo(3.9202461382418976, within(EXACT));
    assertThat(both.fullRank()).isFalse();
    assertThat(both.withOffset()).isCloseTo(3.9202123389564676, within(EXACT));
    assertThat(between(ofRankFive(), features(50, 0.5, 1.5)).value())
        .isCloseTo(4.055767338888064, within(EXACT));
  }

  /** In blocks, far from 0, the statistics are those of all features at once. */
  @Test
  void statisticsAreGatheredInBlocks() {
    List<float[]> all = new ArrayList<>();
    double[][] same = features(40, 0, 1);
    for (double[] row : same) {
      float[] feature = new float[WIDTH];
      for (int j = 0; j < WIDTH; j++) {
        // a sum that a float holds exactly, so that both sides have the same numbers
        feature[j] = (float) (Math.rint(row[j] * 1024) / 1024 + 100);
        row[j] = feature[j];
      }
      all.add(feature);
    }
    FeatureStatistics statistics = new FeatureStatistics(WIDTH);
    statistics.add(all.subList(0, 7));
    statistics.add(List.of());
    statistics.add(all.subList(7, 40));
    assertThat(statistics.count()).isEqualTo(40);
    assertThat(statistics.mean()).containsExactly(mean(same), within(1e-12));
    assertThat(statistics.covariance().getData())
        .containsExactly(covariance(same).getData(), within(1e-12));
    assertThatThrownBy(() -> statistics.add(List.of(new float[3])))
        .isInstanceOf(IllegalArgumentException.class);
    float[] notFinite = new float[WIDTH];
    notFinite[2] = Float.NaN;
    assertThatThrownBy(() -> statistics.add(List.of(notFinite))).hasMessageContaining("not finite");
    assertThatThrownBy(() -> new FeatureStatistics(2).mean())
        .isInstanceOf(IllegalStateException.class);
  }
}
