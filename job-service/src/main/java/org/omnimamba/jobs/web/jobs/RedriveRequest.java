package org.omnimamba.jobs.web.jobs;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/jobs/redrive}; all of it may be left out.
 *
 * @param status which dead letters, failed when absent
 * @param errorCode only jobs with this {@code error.code}
 * @param finishedFrom only jobs that ended then or later
 * @param finishedBefore only jobs that ended earlier
 * @param limit at most so many
 */
record RedriveRequest(
    @Schema(
            allowableValues = {"failed", "expired"},
            defaultValue = "failed")
        @Nullable String status,
    @JsonProperty("error_code") @Nullable String errorCode,
    @JsonProperty("finished_from") @Nullable Instant finishedFrom,
    @JsonProperty("finished_before") @Nullable Instant finishedBefore,
    @Schema(minimum = "1", maximum = "1000", defaultValue = "100") @Nullable Integer limit) {

  static final RedriveRequest ALL = new RedriveRequest(null, null, null, null, null);

  /**
   * What was queued again.
   *
   * @param object the kind of this object, the same in all
   * @param redriven how many jobs
   * @param ids their ids
   * @param hasMore whether more match: repeat the request for them
   */
  @Schema(name = "RedriveResult")
  record Result(
      String object, int redriven, List<UUID> ids, @JsonProperty("has_more") boolean hasMore) {}
}
