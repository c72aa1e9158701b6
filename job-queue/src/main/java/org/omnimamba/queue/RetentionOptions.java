package org.omnimamba.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long things are kept and how often maintenance looks.
 *
 * @param jobs how long a job's row is kept after its end; its idempotency key lives as long
 * @param results how long results in PostgreSQL are kept, in whole days rounded up
 * @param batch rows changed or deleted in one transaction
 * @param sweepInterval how often lost leases and passed deadlines are looked for
 * @param cleanInterval how often old rows and results are looked for
 * @param keepIf an SQL condition on a row {@code j} of {@code queue_job}: while it holds, the job
 *     is kept whatever its age. The text of a program, never of user input. Null keeps none
 */
public record RetentionOptions(
    Duration jobs,
    Duration results,
    int batch,
    Duration sweepInterval,
    Duration cleanInterval,
    @Nullable String keepIf) {

  /** Jobs and results for seven days; sweeps each 5 s, cleaning each minute, 500 rows at a time. */
  public static final RetentionOptions DEFAULTS =
      new RetentionOptions(
          Duration.ofDays(7),
          Duration.ofDays(7),
          500,
          Duration.ofSeconds(5),
          Duration.ofMinutes(1),
          null);

  public RetentionOptions {
    if (jobs.isNegative() || results.isNegative()) {
      throw new IllegalArgumentException("a retention must not be negative");
    }
    if (batch < 1) {
      throw new IllegalArgumentException("batch must be at least 1, not " + batch);
    }
    if (sweepInterval.toMillis() < 1 || cleanInterval.toMillis() < 1) {
      throw new IllegalArgumentException("an interval must be at least 1 ms");
    }
  }

  /** These options with another sweep interval. */
  public RetentionOptions withSweepInterval(Duration value) {
    return new RetentionOptions(jobs, results, batch, value, cleanInterval, keepIf);
  }

  /** These options, keeping old jobs for which the SQL condition holds. */
  public RetentionOptions keepingIf(String condition) {
    return new RetentionOptions(jobs, results, batch, sweepInterval, cleanInterval, condition);
  }
}
