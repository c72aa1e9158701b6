package org.omnimamba.jobs.response;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.job.JobStatus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A response as far as it has come.
 *
 * @param id its own, and that of its job if it has one
 * @param createdAt by the database's clock
 * @param head the members that repeat the request
 * @param ended the members that its end brought, or null
 * @param job the state of its job; null for one that was waited for
 */
public record StoredResponse(
    UUID id,
    Instant createdAt,
    ObjectNode head,
    @Nullable ObjectNode ended,
    @Nullable JobState job) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /**
   * What the queue says of a background response.
   *
   * @param errorCode the queue's or worker's word for a failure, or null
   * @param errorMessage the failure in words, or null
   * @param upstreamCode the code that inference-service gave for it, or null
   */
  public record JobState(
      JobStatus status,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      @Nullable String upstreamCode) {}

  /** Whether nothing will change any more. */
  public boolean hasEnded() {
    return ended != null || (job != null && job.status().isTerminal());
  }

  /** Whether it is a job. */
  public boolean background() {
    return job != null;
  }

  /** The same with what its end brought. */
  public StoredResponse endedWith(ObjectNode end) {
    return new StoredResponse(id, createdAt, head, end, job);
  }

  /** The response as OpenAI shapes it. */
  public ObjectNode object() {
    if (ended != null) {
      return with(ended);
    }
    if (job == null) {
      return with(status("in_progress"));
    }
    return with(
        switch (job.status()) {
          case QUEUED -> status("queued");
          case CANCELLED -> status("cancelled");
          case FAILED, EXPIRED -> failed(job);
          case IN_PROGRESS, CANCELLING, COMPLETED -> status("in_progress");
        });
  }

  /** The response as it was with an earlier status. */
  ObjectNode object(String status) {
    return with(status(status));
  }

  private ObjectNode with(ObjectNode state) {
    ObjectNode object = NODES.objectNode();
    object.put("id", ResponseIds.response(id));
    object.setAll(head);
    object.put("created_at", createdAt.getEpochSecond());
    object.putNull("error").putNull("incomplete_details").putNull("usage").putArray("output");
    object.setAll(state);
    return object;
  }

  private static ObjectNode status(String status) {
    return NODES.objectNode().put("status", status);
  }

  private static ObjectNode failed(JobState job) {
    boolean rejected = "upstream_rejected".equals(job.errorCode());
    String said = job.upstreamCode() == null ? "" : job.upstreamCode();
    String code =
        !rejected
            ? "server_error"
            : said.equals("invalid_base64")
                ? "invalid_base64_image"
                : said.contains("image") || said.equals("invalid_data_uri")
                    ? "invalid_image"
                    : "invalid_prompt";
    return failed(code, job.errorMessage());
  }

  /** What a failure brings to a response. */
  static ObjectNode failed(String code, @Nullable String message) {
    ObjectNode state = status("failed");
    JsonNode error =
        NODES
            .objectNode()
            .put("code", code)
            .put("message", message == null ? "The response failed." : message);
    state.set("error", error);
    return state;
  }
}
