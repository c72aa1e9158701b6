package org.omnimamba.jobs.webhook;

import io.r2dbc.spi.Connection;
import java.util.Objects;
import java.util.UUID;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.Submitter;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.SubmitOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes messages about a job and queues their deliveries, all in a transaction of the caller's.
 */
public final class WebhookMessages {
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

  private static final Logger log = LoggerFactory.getLogger(WebhookMessages.class);

  private final Submitter submitter;
  private final DeliveryJobs jobs;

  WebhookMessages(Submitter submitter, DeliveryJobs jobs) {
    this.submitter = submitter;
    this.jobs = jobs;
  }

  /**
   * Sends a message to the tenant's receivers of that type.
   *
   * @param job whose end it tells; the message goes with it
   * @param type the event's type on the wire
   * @param payload the body
   */
  public Mono<Void> send(Connection connection, Job job, String type, String payload) {
    return insert(connection, FOR_ENDPOINTS, job.tenant(), job.id(), type, payload)
        .concatMap(delivery -> submit(connection, job, delivery))
        .then();
  }

  /** Sends a message to an address that was given with the job. */
  Mono<Void> sendTo(Connection connection, Job job, String type, String payload, String url) {
    return insert(connection, FOR_JOB, job.tenant(), job.id(), type, payload, url)
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

  /** Reads the whole answer before anything else is asked on the same connection. */
  private static Flux<UUID> insert(Connection connection, String sql, Object... arguments) {
    return Statements.query(
            connection, row -> Objects.requireNonNull(row.get("id", UUID.class)), sql, arguments)
        .collectList()
        .flatMapIterable(ids -> ids);
  }
}
