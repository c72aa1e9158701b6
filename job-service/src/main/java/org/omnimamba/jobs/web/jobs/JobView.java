package org.omnimamba.jobs.web.jobs;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.job.WebhookSpec;
import tools.jackson.databind.JsonNode;

/**
 * A job as the API shows it.
 *
 * @param id its id
 * @param object always {@code job}
 * @param status queued, in_progress, completed, failed, cancelling, cancelled or expired
 * @param endpoint which request it is
 * @param summary what it asks: its prompt or last question, at most 200 characters; absent when it
 *     has no text
 * @param priority 0 to 9
 * @param attempt attempts begun
 * @param maxAttempts attempts allowed
 * @param progress how far the present or last attempt came
 * @param createdAt when it was submitted
 * @param startedAt when its first attempt began
 * @param finishedAt when it ended
 * @param deadline when it expires
 * @param metadata the submitter's own pairs
 * @param webhook where its end is told
 * @param error why it failed, or why the last attempt did
 * @param result the answer of a completed job, with links in place of image bytes, as the JSON that
 *     it is stored as; absent in lists
 */
@Schema(name = "Job")
record JobView(
    UUID id,
    String object,
    String status,
    String endpoint,
    @Schema(maxLength = 200) @Nullable String summary,
    int priority,
    int attempt,
    @JsonProperty("max_attempts") int maxAttempts,
    ProgressView progress,
    @JsonProperty("created_at") Instant createdAt,
    @JsonProperty("started_at") @Nullable Instant startedAt,
    @JsonProperty("finished_at") @Nullable Instant finishedAt,
    @Nullable Instant deadline,
    Map<String, String> metadata,
    @Nullable WebhookSpec webhook,
    @Nullable ErrorView error,
    @Schema(type = "object") @JsonRawValue @Nullable String result) {

  /**
   * How far an attempt came.
   *
   * @param tokensDone tokens generated
   * @param tokensTotal tokens in all, 0 while unknown
   */
  @Schema(name = "JobProgress")
  record ProgressView(
      @JsonProperty("tokens_done") long tokensDone,
      @JsonProperty("tokens_total") long tokensTotal) {}

  /**
   * Why a job failed.
   *
   * @param code a stable word for programs
   * @param message a sentence for people
   * @param upstream the error of inference-service with its HTTP status; absent in lists
   */
  @Schema(name = "JobError")
  record ErrorView(
      String code, String message, @Schema(type = "object") @Nullable JsonNode upstream) {}

  /**
   * A page of jobs, newest first.
   *
   * @param object always {@code list}
   * @param data the jobs
   * @param hasMore whether there are older ones
   * @param after the value of {@code after} for the next page
   */
  @Schema(name = "JobList")
  record Page(
      String object,
      List<JobView> data,
      @JsonProperty("has_more") boolean hasMore,
      @Nullable UUID after) {}

  /**
   * What a request to cancel did.
   *
   * @param outcome {@code cancelled}: it was waiting and has ended; {@code cancelling}: its worker
   *     was asked to stop; {@code already_finished}: it had ended before
   * @param job the job as it is now
   */
  @Schema(name = "JobCancellation")
  record Cancellation(
      @Schema(allowableValues = {"cancelled", "cancelling", "already_finished"}) String outcome,
      JobView job) {}
}
