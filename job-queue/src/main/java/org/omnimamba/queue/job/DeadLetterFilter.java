package org.omnimamba.queue.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which of a tenant's dead letters to queue again, in the order in which they ended.
 *
 * @param kind the kind
 * @param status {@link JobStatus#FAILED} or {@link JobStatus#EXPIRED}
 * @param errorCode only with this error code, or null for all
 * @param finishedFrom only those that ended then or later, by the database's clock, or null; {@link
 *     JobTimes#isStorable} says which moments there are
 * @param finishedBefore only those that ended earlier, or null; as {@code finishedFrom}
 * @param limit at most so many, 1 to 1000
 */
public record DeadLetterFilter(
    String kind,
    JobStatus status,
    @Nullable String errorCode,
    @Nullable Instant finishedFrom,
    @Nullable Instant finishedBefore,
    int limit) {

  public DeadLetterFilter {
    if (status != JobStatus.FAILED && status != JobStatus.EXPIRED) {
      throw new IllegalArgumentException("status must be failed or expired, not " + status);
    }
    if (finishedFrom != null) {
      JobTimes.requireStorable("finishedFrom", finishedFrom);
    }
    if (finishedBefore != null) {
      JobTimes.requireStorable("finishedBefore", finishedBefore);
    }
    if (limit < 1 || limit > 1000) {
      throw new IllegalArgumentException("limit must be 1 to 1000, not " + limit);
    }
  }
}
