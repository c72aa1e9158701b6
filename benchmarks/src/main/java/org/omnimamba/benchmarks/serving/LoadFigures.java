package org.omnimamba.benchmarks.serving;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.omnimamba.benchmarks.figures.Quantile;

/**
 * What a load measured between two times at which all clients were busy.
 *
 * <p>A request that began before or ended after counts with the part of it that lies between, so
 * that answers which end at the same time do not make the rate jump. Times of answers and tokens
 * are those of requests that began between the two.
 *
 * @param requests that count at least in part
 * @param requestsPerSecond finished requests
 * @param tokensPerSecond generated tokens
 * @param latency of whole answers, in milliseconds
 * @param firstToken from the request to the first token, in milliseconds
 * @param gap between two tokens of an answer, in milliseconds
 */
record LoadFigures(
    int requests,
    double requestsPerSecond,
    double tokensPerSecond,
    Quantiles latency,
    Quantiles firstToken,
    Quantiles gap) {

  /**
   * Figures of all exchanges of a load.
   *
   * @param from beginning of the time that counts, in nanoseconds
   * @param to end of it
   * @throws IllegalArgumentException if no time lies between
   */
  static LoadFigures of(List<Exchange> exchanges, long from, long to) {
    if (to <= from) {
      throw new IllegalArgumentException("no time between " + from + " and " + to);
    }
    double seconds = (to - from) / 1e9;
    double requests = 0;
    double tokens = 0;
    int counted = 0;
    for (Exchange exchange : exchanges) {
      double share = exchange.shareBetween(from, to);
      requests += share;
      tokens += share * exchange.tokens();
      counted += share > 0 ? 1 : 0;
    }
    List<Exchange> begun =
        exchanges.stream()
            .filter(exchange -> exchange.begin() >= from && exchange.begin() < to)
            .toList();
    return new LoadFigures(
        counted,
        requests / seconds,
        tokens / seconds,
        Quantiles.of(begun.stream().mapToDouble(e -> e.end() - e.begin())),
        Quantiles.of(
            begun.stream()
                .filter(e -> !e.tokenTimes().isEmpty())
                .mapToDouble(e -> e.tokenTimes().get(0) - e.begin())),
        Quantiles.of(begun.stream().flatMapToDouble(LoadFigures::gaps)));
  }

  private static DoubleStream gaps(Exchange exchange) {
    List<Long> times = exchange.tokenTimes();
    return IntStream.range(1, times.size()).mapToDouble(i -> times.get(i) - times.get(i - 1));
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("requests", requests);
    json.put("requests_per_s", requestsPerSecond);
    json.put("tokens_per_s", tokensPerSecond);
    json.put("latency_ms", latency);
    json.put("first_token_ms", firstToken);
    json.put("gap_ms", gap);
    return json;
  }

  /**
   * Values of milliseconds that half of all, and 99 of 100, do not exceed.
   *
   * @param count of values; where there are none the others are 0
   */
  record Quantiles(int count, double p50, double p99, double most) {
    static Quantiles of(DoubleStream nanos) {
      double[] values = nanos.map(value -> value / 1e6).toArray();
      return new Quantiles(
          values.length,
          Quantile.median(values),
          Quantile.of(values, 0.99),
          Quantile.of(values, 1));
    }

    @Override
    public String toString() {
      return count == 0 ? "-" : Math.round(p50) + " / " + Math.round(p99);
    }
  }
}
