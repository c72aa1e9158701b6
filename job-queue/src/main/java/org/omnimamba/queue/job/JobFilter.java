package org.omnimamba.queue.job;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which of a tenant's jobs to list, newest first.
 *
 * @param kind the kind
 * @param status only this status, or null for all
 * @param after only jobs older than this one (the last of the page before), or null
 * @param limit at most so many, 1 to 1000
 */
public record JobFilter(String kind, @Nullable JobStatus status, @Nullable UUID after, int limit) {

  public JobFilter {
    if (limit < 1 || limit > 1000) {
      throw new IllegalArgumentException("limit must be 1 to 1000, not " + limit);
    }
  }
}
