package org.omnimamba.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.omnimamba.benchmarks.figures.Quantile;
import org.omnimamba.benchmarks.figures.Rounding;

/** What one run of {@link EngineOverload} found. Times are milliseconds. */
final class OverloadFigures {
  private final int clients;
  private final Samples gaps = new Samples();
  private final Samples firstTokens = new Samples();
  private long accepted;
  private long refused;
  private long completed;
  private long failed;
  private int mostSequences;
  private long residentBytes;

  OverloadFigures(int clients) {
    this.clients = clients;
  }

  synchronized void addAccepted() {
    accepted++;
  }

  synchronized void addRefused() {
    refused++;
  }

  synchronized void addCompleted() {
    completed++;
  }

  synchronized void addFailed(Throwable reason) {
    failed++;
    System.err.println("failed: " + reason);
  }

  synchronized void addGap(long nanos) {
    gaps.add(nanos / 1e6);
  }

  synchronized void addFirstToken(long nanos) {
    firstTokens.add(nanos / 1e6);
  }

  synchronized void sequences(int count) {
    mostSequences = Math.max(mostSequences, count);
  }

  synchronized void residentBytes(long bytes) {
    residentBytes = bytes;
  }

  synchronized long refused() {
    return refused;
  }

  synchronized long failed() {
    return failed;
  }

  synchronized int mostSequences() {
    return mostSequences;
  }

  /** The gap between two tokens of a sequence that one in a hundred exceeds. */
  synchronized double p99() {
    return gaps.quantile(0.99);
  }

  synchronized Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("clients", clients);
    json.put("accepted", accepted);
    json.put("refused", refused);
    json.put("completed", completed);
    json.put("failed", failed);
    json.put("most_sequences", mostSequences);
    json.put("first_token_p50_ms", firstTokens.rounded(0.5));
    json.put("first_token_p99_ms", firstTokens.rounded(0.99));
    json.put("gaps", gaps.size());
    json.put("gap_p50_ms", gaps.rounded(0.5));
    json.put("gap_p99_ms", gaps.rounded(0.99));
    json.put("gap_max_ms", gaps.rounded(1));
    json.put("resident_mb", residentBytes >> 20);
    return json;
  }

  /** A list that grows without boxes. */
  private static final class Samples {
    private double[] values = new double[1 << 16];
    private int size;

    void add(double value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
    }

    int size() {
      return size;
    }

    double quantile(double share) {
      return Quantile.of(Arrays.copyOf(values, size), share);
    }

    double rounded(double share) {
      return Rounding.hundredths(quantile(share));
    }
  }
}
