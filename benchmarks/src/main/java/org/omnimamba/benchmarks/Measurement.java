package org.omnimamba.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Times of repeated calls.
 *
 * @param name what was called
 * @param firstMillis the first call, compilation included
 * @param millis the calls after it
 * @param gigaFlop floating-point operations of one call in billions, multiplications and additions
 *     of matrix products and convolutions alone
 */
record Measurement(String name, double firstMillis, double[] millis, double gigaFlop) {

  static Measurement of(String name, int runs, double gigaFlop, Runnable call) {
    double first = time(call);
    double[] millis = new double[runs];
    for (int i = 0; i < runs; i++) {
      millis[i] = time(call);
    }
    return new Measurement(name, first, millis, gigaFlop);
  }

  private static double time(Runnable call) {
    long start = System.nanoTime();
    call.run();
    return (System.nanoTime() - start) / 1e6;
  }

  double median() {
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("first_ms", rounded(firstMillis));
    json.put("median_ms", rounded(median()));
    json.put("min_ms", rounded(Arrays.stream(millis).min().orElseThrow()));
    json.put("runs", millis.length);
    json.put("gflop", rounded(gigaFlop));
    json.put("gflop_per_s", rounded(1000 * gigaFlop / median()));
    return json;
  }

  private static double rounded(double value) {
    return Math.round(10 * value) / 10.0;
  }
}
