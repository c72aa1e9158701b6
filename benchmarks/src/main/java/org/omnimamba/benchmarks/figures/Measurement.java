package org.omnimamba.benchmarks.figures;

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
public record Measurement(String name, double firstMillis, double[] millis, double gigaFlop) {

  /**
   * Calls once, and then {@code runs} times more.
   *
   * @param runs at least 1
   */
  public static Measurement of(String name, int runs, double gigaFlop, Runnable call) {
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

  /** Of the calls after the first, in milliseconds. */
  public double median() {
    return Quantile.median(millis);
  }

  /** As reports hold it. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("first_ms", Rounding.tenths(firstMillis));
    json.put("median_ms", Rounding.tenths(median()));
    json.put("min_ms", Rounding.tenths(Quantile.of(millis, 0)));
    json.put("runs", millis.length);
    json.put("gflop", Rounding.tenths(gigaFlop));
    json.put("gflop_per_s", Rounding.tenths(1000 * gigaFlop / median()));
    return json;
  }
}
