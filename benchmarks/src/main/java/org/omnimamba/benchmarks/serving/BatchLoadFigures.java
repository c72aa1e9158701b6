package org.omnimamba.benchmarks.serving;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.omnimamba.benchmarks.figures.Quantile;
import org.omnimamba.benchmarks.figures.Rounding;

/** What rounds of jobs and of batches took, for each request and beside one another. */
final class BatchLoadFigures {
  private final int requests;
  private final List<Round> jobs = new ArrayList<>();
  private final List<Round> batches = new ArrayList<>();

  /**
   * Nothing measured so far.
   *
   * @param requests of a round, each way
   */
  BatchLoadFigures(int requests) {
    this.requests = requests;
  }

  /**
   * All requests of one round one way, in milliseconds.
   *
   * @param run from the first call until all have ended
   * @param fetch until all answers have been fetched
   * @param processor what the platform and its database used of all processors
   */
  record Round(double run, double fetch, double processor) {}

  /** Adds a round of both ways. */
  void add(Round ofJobs, Round ofBatch) {
    jobs.add(ofJobs);
    batches.add(ofBatch);
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("requests_a_round", requests);
    json.put("rounds", jobs.size());
    json.put("jobs", way(jobs));
    json.put("batch", way(batches));
    json.put("batch_by_jobs_run", ratio(Round::run));
    json.put("batch_by_jobs_whole", ratio(round -> round.run + round.fetch));
    json.put("batch_by_jobs_processor", ratio(Round::processor));
    return json;
  }

  private Map<String, Object> way(List<Round> rounds) {
    Map<String, Object> json = new LinkedHashMap<>();
    put(json, "run_ms_a_request", rounds, Round::run);
    put(json, "fetch_ms_a_request", rounds, Round::fetch);
    put(json, "processor_ms_a_request", rounds, Round::processor);
    return json;
  }

  private void put(
      Map<String, Object> json, String name, List<Round> rounds, ToDoubleFunction<Round> value) {
    double[] each = rounds.stream().mapToDouble(value).map(millis -> millis / requests).toArray();
    json.put(name, Rounding.hundredths(Quantile.median(each)));
    json.put(name + "_by_round", Arrays.stream(each).map(Rounding::hundredths).boxed().toList());
  }

  /** Of each round's batch to its jobs, the middle one. */
  private double ratio(ToDoubleFunction<Round> value) {
    double[] ratios = new double[jobs.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = value.applyAsDouble(batches.get(i)) / value.applyAsDouble(jobs.get(i));
    }
    return Rounding.hundredths(Quantile.median(ratios));
  }
}
