package org.omnimamba.jobs.webhook;

import io.r2dbc.spi.Connection;
import java.util.Objects;
import java.util.UUID;
import org.omnimamba.jobs.job.JobAttributes;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.job.WebhookEvent;
import org.omnimamba.jobs.job.WebhookSpec;
import org.omnimamba.jobs.queue.TerminalWriter;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.Submitter;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.SubmitOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Writes the deliveries of a job that ends, in the transaction that ends it. */
final class WebhookOutbox implements TerminalWriter {
  private static final String INSERT =
      "INSERT INTO webhook_delivery"
          + " (tenant, job_id, endpoint_id, url, event, payload, created_at)";
  private static final String FOR_ENDPOINTS =
      INSERT
          + " SELECT e.tenant, $2, e.id, e.url, $3, $4, queue_now() FROM webhook_endpoint e"
          + " WHERE e.tenant = $1 AND e.disabled_reason IS NULL AND $3 = ANY (e.events)"
          // else a receiver that is being removed would fail the insert, and with it the job's end
          + " FOR KEY SHARE OF e"
          + " RETURNING id";
  private static final String FOR_JOB =
      INSERT + " VALUES ($1, $2, NULL, $5, $3, $4, queue_now()) RETURNING id";

  private static final Logger log = LoggerFactory.getLogger(WebhookOutbox.class);

  private final Submitter submitter;
  private final DeliveryJobs jobs;
  private final JobJson json;
  private final WebhookPayloads payloads;

  WebhookOutbox(Submitter submitter, DeliveryJobs jobs, JobJson json, WebhookPayloads payloads) {
    this.submitter = submitter;
    this.jobs = jobs;
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
        .flatMapMany(event -> deliveries(connection, job, event))
        .concatMap(delivery -> submit(connection, job, delivery))
        .then();
  }

  /**
   * The end of the job must not fail because too many deliveries wait already, and a delivery
   * without a job would be pending for ever: it is given up, can be seen, and can be replayed.
   */
  private Mono<Void> submit(Connection connection, Job job, UUID delivery) {
    return submitter
        .submitIn(connection, jobs.of(job.tenant(), delivery))
        .flatMap(
            outcome -> {
              if (outcome instanceof SubmitOutcome.Accepted) {
                return Mono.empty();
              }
              log.warn("delivery {} of job {} was given up: {}", delivery, job.id(), outcome);
              return DeliveryEnd.giveUp(connection, delivery, "queue full");
            });
  }

  private Flux<UUID> deliveries(Connection connection, Job job, WebhookEvent event) {
    JobAttributes attributes = json.attributes(job.attributes());
    String name = event.wireName();
    String payload = payloads.payload(event, job, attributes);
    Flux<UUID> endpoints = insert(connection, FOR_ENDPOINTS, job.tenant(), job.id(), name, payload);
    WebhookSpec own = attributes.webhook();
    return own == null || !own.events().contains(name)
        ? endpoints
        : endpoints.concatWith(
            insert(connection, FOR_JOB, job.tenant(), job.id(), name, payload, own.url()));
  }

  /** Reads the whole answer before anything else is asked on the same connection. */
  private static Flux<UUID> insert(Connection connection, String sql, Object... arguments) {
    return Statements.query(
            connection, row -> Objects.requireNonNull(row.get("id", UUID.class)), sql, arguments)
        .collectList()
        .flatMapIterable(ids -> ids);
  }
}
