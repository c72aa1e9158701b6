package org.omnimamba.jobs.job;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.omnimamba.queue.job.Job;
import tools.jackson.databind.node.ObjectNode;

/** The ends that OpenAI's webhooks tell of, in its shape. */
public enum OpenAiEvent {
  RESPONSE_COMPLETED("response.completed"),
  RESPONSE_INCOMPLETE("response.incomplete"),
  RESPONSE_FAILED("response.failed"),
  RESPONSE_CANCELLED("response.cancelled"),
  BATCH_COMPLETED("batch.completed"),
  BATCH_FAILED("batch.failed"),
  BATCH_EXPIRED("batch.expired"),
  BATCH_CANCELLED("batch.cancelled");

  private final String wireName;

  OpenAiEvent(String wireName) {
    this.wireName = wireName;
  }

  /** The event's type on the wire. */
  public String wireName() {
    return wireName;
  }

  /** All types on the wire. */
  public static List<String> wireNames() {
    return Arrays.stream(values()).map(OpenAiEvent::wireName).toList();
  }

  /**
   * The body of the message: thin, the receiver fetches the rest.
   *
   * @param job whose end it is
   * @param id the name on the wire of what has ended
   */
  public String payload(JobJson json, Job job, String id) {
    Instant finished = job.times().finished();
    return payload(json, job, id, finished == null ? job.times().updated() : finished);
  }

  /**
   * The body of the message.
   *
   * @param at when it ended
   */
  public String payload(JobJson json, Job job, String id, Instant at) {
    ObjectNode body = json.object();
    body.put("id", "evt_" + job.id() + "_" + job.version());
    body.put("object", "event");
    body.put("type", wireName);
    body.put("created_at", at.getEpochSecond());
    body.putObject("data").put("id", id);
    return json.write(body);
  }
}
