package org.omnimamba.jobs.web.batches;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A batch as the API shows it. Times are seconds since 1970, absent until they come.
 *
 * @param id its id
 * @param object always {@code batch}
 * @param endpoint the path that all of its requests go to
 * @param model the model of its requests
 * @param errors what was wrong with its lines
 * @param inputFileId the file with the requests
 * @param completionWindow always {@code 24h}
 * @param status where it stands
 * @param outputFileId the file with the answers
 * @param errorFileId the file with the refusals
 * @param createdAt when it was made
 * @param expiresAt when it ends at the latest
 * @param requestCounts its requests by how they ended
 * @param usage the tokens of its answers, once it has ended
 * @param metadata the submitter's own pairs
 */
@Schema(name = "Batch")
record BatchView(
    String id,
    String object,
    String endpoint,
    @Nullable String model,
    @Nullable Errors errors,
    @JsonProperty("input_file_id") String inputFileId,
    @JsonProperty("completion_window") String completionWindow,
    String status,
    @JsonProperty("output_file_id") @Nullable String outputFileId,
    @JsonProperty("error_file_id") @Nullable String errorFileId,
    @JsonProperty("created_at") long createdAt,
    @JsonProperty("in_progress_at") @Nullable Long inProgressAt,
    @JsonProperty("expires_at") long expiresAt,
    @JsonProperty("finalizing_at") @Nullable Long finalizingAt,
    @JsonProperty("completed_at") @Nullable Long completedAt,
    @JsonProperty("failed_at") @Nullable Long failedAt,
    @JsonProperty("expired_at") @Nullable Long expiredAt,
    @JsonProperty("cancelling_at") @Nullable Long cancellingAt,
    @JsonProperty("cancelled_at") @Nullable Long cancelledAt,
    @JsonProperty("request_counts") Counts requestCounts,
    @Schema(type = "object") @Nullable JsonNode usage,
    @Schema(type = "object") JsonNode metadata) {

  /**
   * What was wrong with the lines.
   *
   * @param object always {@code list}
   * @param data the first hundred
   */
  @Schema(name = "BatchErrors")
  record Errors(String object, @Schema(type = "array") JsonNode data) {}

  /** Requests by how they ended. */
  @Schema(name = "BatchRequestCounts")
  record Counts(long total, long completed, long failed) {}

  /**
   * A page of batches, newest first.
   *
   * @param object always {@code list}
   * @param data the batches
   * @param firstId the first of them, absent on an empty page
   * @param lastId the last of them: the value of {@code after} for the next page
   * @param hasMore whether there are more
   */
  @Schema(name = "BatchList")
  record Page(
      String object,
      List<BatchView> data,
      @JsonProperty("first_id") @Nullable String firstId,
      @JsonProperty("last_id") @Nullable String lastId,
      @JsonProperty("has_more") boolean hasMore) {}

  /**
   * The body of {@code POST /v1/batches}.
   *
   * @param inputFileId a file of purpose {@code batch}
   * @param endpoint the path that all of its requests go to
   * @param completionWindow {@code 24h}
   * @param metadata up to 16 pairs of the caller's own
   * @param outputExpiresAfter how long the output files are kept, 30 days when absent
   */
  @Schema(
      name = "NewBatch",
      requiredProperties = {"input_file_id", "endpoint", "completion_window"})
  record Create(
      @JsonProperty("input_file_id") @Nullable String inputFileId,
      @Schema(allowableValues = {"/v1/chat/completions", "/v1/images/generations", "/v1/responses"})
          @Nullable String endpoint,
      @JsonProperty("completion_window") @Schema(allowableValues = {"24h"})
          @Nullable String completionWindow,
      @Nullable Map<String, @Nullable String> metadata,
      @JsonProperty("output_expires_after") @Nullable ExpiresAfter outputExpiresAfter) {}

  /**
   * A time to be kept.
   *
   * @param anchor {@code created_at}
   * @param seconds 3600 to 2592000
   */
  @Schema(
      name = "ExpiresAfter",
      requiredProperties = {"anchor", "seconds"})
  record ExpiresAfter(@Nullable String anchor, @Nullable Integer seconds) {}

  static @Nullable Long seconds(@Nullable Instant time) {
    return time == null ? null : time.getEpochSecond();
  }
}
