package org.omnimamba.training.tower;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How often a picture lies nearest to the concept that it shows. A concept lies where its training
 * pictures lie on average; distances are angles.
 */
public final class ConceptAccuracy {
  private final List<String> concepts = new ArrayList<>();
  private final float[][] centres;

  /**
   * Places the concepts.
   *
   * @param features one vector for each training picture
   * @param shown what each shows
   */
  public ConceptAccuracy(List<float[]> features, List<String> shown) {
    Map<String, double[]> sums = new LinkedHashMap<>();
    for (int i = 0; i < features.size(); i++) {
      float[] direction = direction(features.get(i));
      double[] sum = sums.computeIfAbsent(shown.get(i), name -> new double[direction.length]);
      for (int k = 0; k < sum.length; k++) {
        sum[k] += direction[k];
      }
    }
    this.centres = new float[sums.size()][];
    sums.forEach(
        (concept, sum) -> {
          float[] centre = new float[sum.length];
          for (int k = 0; k < centre.length; k++) {
            centre[k] = (float) sum[k];
          }
          centres[concepts.size()] = direction(centre);
          concepts.add(concept);
        });
  }

  /**
   * The share of pictures whose concept is among the nearest.
   *
   * @param features one vector for each picture; at least one
   * @param shown what each shows; pictures of concepts without training pictures count as missed
   * @param among how many of the nearest concepts count
   */
  public double of(List<float[]> features, List<String> shown, int among) {
    long found =
        IntStream.range(0, features.size())
            .parallel()
            .filter(i -> rank(features.get(i), shown.get(i)) < among)
            .count();
    return (double) found / features.size();
  }

  /** How many concepts are nearer than the right one. */
  private int rank(float[] feature, String shown) {
    int right = concepts.indexOf(shown);
    if (right < 0) {
      return Integer.MAX_VALUE;
    }
    float[] direction = direction(feature);
    double own = cosine(direction, centres[right]);
    int nearer = 0;
    for (float[] centre : centres) {
      if (cosine(direction, centre) > own) {
        nearer++;
      }
    }
    return nearer;
  }

  private static double cosine(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static float[] direction(float[] vector) {
    double length = Math.sqrt(cosine(vector, vector));
    float[] direction = new float[vector.length];
    for (int i = 0; i < vector.length; i++) {
      direction[i] = (float) (vector[i] / length);
    }
    return direction;
  }
}
