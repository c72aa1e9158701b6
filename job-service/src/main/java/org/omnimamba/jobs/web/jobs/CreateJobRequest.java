package org.omnimamba.jobs.web.jobs;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code POST /v1/jobs}.
 *
 * @param endpoint which request is made durable
 * @param body that request's own body
 * @param priority 0 to 9, more is sooner among the tenant's own jobs
 * @param deadline when the job expires unless it has ended
 * @param webhook where to tell about the end
 * @param metadata up to 16 pairs of the caller's own
 */
record CreateJobRequest(
    @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            allowableValues = {"/v1/chat/completions", "/v1/images/generations"})
        @Nullable String endpoint,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, type = "object") @Nullable JsonNode body,
    @Schema(minimum = "0", maximum = "9", defaultValue = "0") @Nullable Integer priority,
    @Nullable Instant deadline,
    @Nullable Webhook webhook,
    @Nullable Map<String, @Nullable String> metadata) {

  /**
   * A webhook for this one job, signed with the tenant's default secret.
   *
   * @param url where to
   * @param events which events, all when absent
   */
  @Schema(name = "JobWebhook")
  record Webhook(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String url,
      @Nullable List<@Nullable String> events) {}
}
