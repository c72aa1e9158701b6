package org.omnimamba.training.evaluation;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/** Vectors of equal length in which nearest ones are looked up by exhaustive search. */
final class Gallery {
  private final List<float[]> vectors;

  Gallery(List<float[]> vectors) {
    this.vectors = List.copyOf(vectors);
  }

  /** A vector of length one in the same direction, so that distances order as cosines do. */
  static float[] normalised(float[] vector) {
    double square = 0;
    for (float value : vector) {
      square += (double) value * value;
    }
    float scale = square == 0 ? 0 : (float) (1 / Math.sqrt(square));
    float[] result = new float[vector.length];
    for (int i = 0; i < vector.length; i++) {
      result[i] = scale * vector[i];
    }
    return result;
  }

  /**
   * Looks up several vectors, on all processors.
   *
   * @return for each query the indices of the {@code count} nearest vectors, nearest first; of
   *     equally near ones the first
   */
  List<int[]> nearest(List<float[]> queries, int count) {
    return IntStream.range(0, queries.size())
        .parallel()
        .mapToObj(i -> nearest(queries.get(i), count))
        .toList();
  }

  private int[] nearest(float[] query, int count) {
    PriorityQueue<Candidate> best = new PriorityQueue<>(Candidate.WORST_FIRST);
    for (int i = 0; i < vectors.size(); i++) {
      float distance = squaredDistance(query, vectors.get(i));
      if (best.size() < count) {
        best.add(new Candidate(i, distance));
      } else if (distance < best.element().distance()) {
        best.remove();
        best.add(new Candidate(i, distance));
      }
    }
    return best.stream()
        .sorted(Candidate.WORST_FIRST.reversed())
        .mapToInt(Candidate::index)
        .toArray();
  }

  private static float squaredDistance(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "vectors of %d and %d values".formatted(a.length, b.length));
    }
    // four sums do not wait for one another
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      float d0 = a[i] - b[i];
      float d1 = a[i + 1] - b[i + 1];
      float d2 = a[i + 2] - b[i + 2];
      float d3 = a[i + 3] - b[i + 3];
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (; i < a.length; i++) {
      float d = a[i] - b[i];
      s0 += d * d;
    }
    return s0 + s1 + s2 + s3;
  }

  private record Candidate(int index, float distance) {
    static final Comparator<Candidate> WORST_FIRST =
        Comparator.comparingDouble(Candidate::distance)
            .thenComparingInt(Candidate::index)
            .reversed();
  }
}
