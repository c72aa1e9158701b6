package org.omnimamba.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.benchmarks.figures.Quantile;
import org.omnimamba.benchmarks.figures.Rounding;

/** What was measured of one queue: rates by round, times of single calls. */
final class QueueFigures {
  private final List<Double> submitRates = new ArrayList<>();
  private final List<Double> jobRates = new ArrayList<>();
  private final List<Double> startMillis = new ArrayList<>();
  private final List<Double> claimMillis = new ArrayList<>();

  void submitted(int jobs, long nanos) {
    submitRates.add(jobs / (nanos / 1e9));
  }

  void executed(int jobs, long nanos) {
    jobRates.add(jobs / (nanos / 1e9));
  }

  void starts(long[] nanos) {
    for (long value : nanos) {
      startMillis.add(value / 1e6);
    }
  }

  void claims(long[] nanos) {
    for (long value : nanos) {
      claimMillis.add(value / 1e6);
    }
  }

  void add(QueueFigures round) {
    submitRates.addAll(round.submitRates);
    jobRates.addAll(round.jobRates);
    startMillis.addAll(round.startMillis);
    claimMillis.addAll(round.claimMillis);
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("submits_per_s_median", Math.round(quantile(submitRates, 0.5)));
    json.put("submits_per_s_by_round", submitRates.stream().map(Math::round).toList());
    json.put("jobs_per_s_median", Math.round(quantile(jobRates, 0.5)));
    json.put("jobs_per_s_by_round", jobRates.stream().map(Math::round).toList());
    json.put("start_ms_p50", Rounding.hundredths(quantile(startMillis, 0.5)));
    json.put("start_ms_p99", Rounding.hundredths(quantile(startMillis, 0.99)));
    json.put("claim_ms_p50", Rounding.hundredths(quantile(claimMillis, 0.5)));
    json.put("claim_ms_p99", Rounding.hundredths(quantile(claimMillis, 0.99)));
    return json;
  }

  private static double quantile(List<Double> values, double q) {
    return Quantile.of(values.stream().mapToDouble(Double::doubleValue).toArray(), q);
  }
}
