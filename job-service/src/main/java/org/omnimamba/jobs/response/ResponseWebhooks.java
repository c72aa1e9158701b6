package org.omnimamba.jobs.response;

import io.r2dbc.spi.Connection;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.job.OpenAiEvent;
import org.omnimamba.jobs.queue.TerminalWriter;
import org.omnimamba.jobs.webhook.WebhookMessages;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import reactor.core.publisher.Mono;

/** Tells the tenant's receivers of the end of a background response, in the transaction of it. */
final class ResponseWebhooks implements TerminalWriter {
  /** Whether a response that has an answer has all of it. */
  private static final String STATUS =
      "SELECT ended::json ->> 'status' AS status FROM response WHERE job_id = $1";

  private final WebhookMessages messages;
  private final JobJson json;

  ResponseWebhooks(WebhookMessages messages, JobJson json) {
    this.messages = messages;
    this.json = json;
  }

  @Override
  public String kind() {
    return JobKinds.RESPONSE;
  }

  @Override
  public Mono<Void> inTransaction(Connection connection, Job job) {
    return event(connection, job)
        .flatMap(
            event ->
                messages.send(
                    connection,
                    job,
                    event.wireName(),
                    event.payload(json, job, ResponseIds.response(job.id()))));
  }

  private static Mono<OpenAiEvent> event(Connection connection, Job job) {
    if (job.status() == JobStatus.CANCELLED) {
      return Mono.just(OpenAiEvent.RESPONSE_CANCELLED);
    }
    if (job.status() != JobStatus.COMPLETED) {
      return Mono.just(OpenAiEvent.RESPONSE_FAILED);
    }
    return Statements.query(
            connection,
            row -> "incomplete".equals(row.get("status", String.class)),
            STATUS,
            job.id())
        .collectList()
        .map(
            incomplete ->
                incomplete.contains(true)
                    ? OpenAiEvent.RESPONSE_INCOMPLETE
                    : OpenAiEvent.RESPONSE_COMPLETED);
  }
}
