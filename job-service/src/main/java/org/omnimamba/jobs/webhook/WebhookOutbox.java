package org.omnimamba.jobs.webhook;

import io.r2dbc.spi.Connection;
import org.omnimamba.jobs.job.JobAttributes;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.job.WebhookEvent;
import org.omnimamba.jobs.job.WebhookSpec;
import org.omnimamba.jobs.queue.TerminalWriter;
import org.omnimamba.queue.job.Job;
import reactor.core.publisher.Mono;

/** Tells of the end of a job, in the transaction that ends it. */
final class WebhookOutbox implements TerminalWriter {
  private final WebhookMessages messages;
  private final JobJson json;
  private final WebhookPayloads payloads;

  WebhookOutbox(WebhookMessages messages, JobJson json, WebhookPayloads payloads) {
    this.messages = messages;
    this.json = json;
    this.payloads = payloads;
  }

  @Override
  public String kind() {
    return JobKinds.INFERENCE;
  }

  @Override
  public Mono<Void> inTransaction(Connection connection, Job job) {
    return Mono.justOrEmpty(WebhookEvent.of(job.status()))
        .flatMap(event -> send(connection, job, event));
  }

  private Mono<Void> send(Connection connection, Job job, WebhookEvent event) {
    JobAttributes attributes = json.attributes(job.attributes());
    String name = event.wireName();
    String payload = payloads.payload(event, job, attributes);
    Mono<Void> endpoints = messages.send(connection, job, name, payload);
    WebhookSpec own = attributes.webhook();
    return own == null || !own.events().contains(name)
        ? endpoints
        : endpoints.then(messages.sendTo(connection, job, name, payload, own.url()));
  }
}
