package org.omnimamba.jobs.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is kept beside a job and, but for its trace, shown with it.
 *
 * @param endpoint the path of an {@link Endpoint}
 * @param metadata the submitter's own pairs
 * @param webhook where to tell about the end, or null
 * @param summary what the request asks, see {@link RequestSummary}, or null
 * @param traceparent the trace that the job belongs to, or null; not shown
 * @param key names the key that what it uses counts for, or null; not shown
 */
public record JobAttributes(
    String endpoint,
    Map<String, String> metadata,
    @Nullable WebhookSpec webhook,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String summary,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String traceparent,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key) {

  /** What its submitter says of a job. */
  public JobAttributes(
      String endpoint, Map<String, String> metadata, @Nullable WebhookSpec webhook) {
    this(endpoint, metadata, webhook, null, null, null);
  }

  /** With the summary of the job's request. */
  public JobAttributes summarizing(JsonNode body) {
    return new JobAttributes(
        endpoint, metadata, webhook, RequestSummary.of(body), traceparent, key);
  }

  /** With the key that the job counts for. */
  public JobAttributes countingFor(String keyId) {
    return new JobAttributes(endpoint, metadata, webhook, summary, traceparent, keyId);
  }

  /** With the trace that the job belongs to. */
  public JobAttributes withTraceparent(@Nullable String trace) {
    return new JobAttributes(endpoint, metadata, webhook, summary, trace, key);
  }
}
