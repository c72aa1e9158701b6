package org.omnimamba.jobs.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** inference-service answered with an error. */
public final class UpstreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient JsonNode error;
  private final transient @Nullable Duration retryAfter;

  /**
   * An error answer.
   *
   * @param status the HTTP status, or 0 for an error inside a stream that had begun with 200
   * @param error the error object, or a missing node when there was none
   * @param retryAfter when to come back, or null
   */
  UpstreamException(int status, JsonNode error, @Nullable Duration retryAfter) {
    super("inference-service answered " + status, null, false, false);
    this.status = status;
    this.error = error;
    this.retryAfter = retryAfter;
  }

  /** The same refusal, about a member of the request that has another name for its author. */
  public UpstreamException about(String param) {
    if (!(error instanceof ObjectNode members)) {
      return this;
    }
    ObjectNode renamed = members.deepCopy().put("param", param);
    String before = member("param");
    String message = member("message");
    if (before != null && message != null) {
      renamed.put("message", message.replace("'" + before + "'", "'" + param + "'"));
    }
    return new UpstreamException(status, renamed, retryAfter);
  }

  /** The HTTP status, or 0 for an error inside a stream that had begun with 200. */
  public int status() {
    return status;
  }

  /** When to come back, or null. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** The error object, or a missing node when there was none. */
  public JsonNode error() {
    return error;
  }

  /** A member of the error object as text, or null. */
  public @Nullable String member(String name) {
    JsonNode value = error.path(name);
    return value.isString() ? value.stringValue() : null;
  }
}
