package org.omnimamba.queue.worker;

import java.time.Duration;

/**
 * Settings of one worker.
 *
 * @param name shown in the rows it holds; tells processes apart when something is looked into
 * @param concurrency jobs at once
 * @param margin how long before its lease ends the worker stops trusting it
 * @param pollInterval how often it looks for work on the average when no hint comes
 * @param grace how long a drain lets running jobs go on
 * @param progressInterval the least time between two progress writes of one job
 * @param retry the wait between attempts where the handler does not say
 */
public record WorkerOptions(
    String name,
    int concurrency,
    Duration margin,
    Duration pollInterval,
    Duration grace,
    Duration progressInterval,
    RetryPolicy retry) {

  public WorkerOptions {
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency must be at least 1, not " + concurrency);
    }
    if (margin.isNegative() || grace.isNegative() || progressInterval.isNegative()) {
      throw new IllegalArgumentException("a duration must not be negative");
    }
    if (pollInterval.toMillis() < 1) {
      throw new IllegalArgumentException("pollInterval must be at least 1 ms: " + pollInterval);
    }
  }

  /**
   * A margin of 3 s, a poll each second, a grace period of 20 s, progress four times a second,
   * waits from 1 s to 5 min.
   */
  public static WorkerOptions of(String name, int concurrency) {
    return new WorkerOptions(
        name,
        concurrency,
        Duration.ofSeconds(3),
        Duration.ofSeconds(1),
        Duration.ofSeconds(20),
        Duration.ofMillis(250),
        RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofMinutes(5)));
  }

  /** These options with another margin. */
  public WorkerOptions withMargin(Duration value) {
    return new WorkerOptions(
        name, concurrency, value, pollInterval, grace, progressInterval, retry);
  }

  /** These options with another poll interval. */
  public WorkerOptions withPollInterval(Duration value) {
    return new WorkerOptions(name, concurrency, margin, value, grace, progressInterval, retry);
  }

  /** These options with another grace period. */
  public WorkerOptions withGrace(Duration value) {
    return new WorkerOptions(
        name, concurrency, margin, pollInterval, value, progressInterval, retry);
  }

  /** These options with another spacing of progress writes. */
  public WorkerOptions withProgressInterval(Duration value) {
    return new WorkerOptions(name, concurrency, margin, pollInterval, grace, value, retry);
  }

  /** These options with another retry policy. */
  public WorkerOptions withRetry(RetryPolicy value) {
    return new WorkerOptions(
        name, concurrency, margin, pollInterval, grace, progressInterval, value);
  }
}
