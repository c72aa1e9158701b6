package org.omnimamba.jobs.webhook;

import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.Submitter;
import org.omnimamba.queue.job.SubmitOutcome;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The deliveries and their attempts: listed, and made again on request. */
public final class WebhookDeliveries {
  private static final String SELECT =
      "SELECT id, tenant, job_id, endpoint_id, url, event, payload, status, created_at, finished_at"
          + " FROM webhook_delivery ";

  private final DatabaseClient database;
  private final Submitter submitter;
  private final DeliveryJobs jobs;
  private final TransactionalOperator transaction;

  WebhookDeliveries(
      DatabaseClient database,
      Submitter submitter,
      DeliveryJobs jobs,
      TransactionalOperator transaction) {
    this.database = database;
    this.submitter = submitter;
    this.jobs = jobs;
    this.transaction = transaction;
  }

  /** One of the tenant's deliveries; empty when it has none of that id. */
  public Mono<WebhookDelivery> find(String tenant, UUID id) {
    return database
        .sql(SELECT + "WHERE id = :id AND tenant = :tenant")
        .bind("id", id)
        .bind("tenant", tenant)
        .map(WebhookDeliveries::delivery)
        .one();
  }

  /** What was told about a job, oldest first. */
  public Flux<WebhookDelivery> ofJob(String tenant, UUID job) {
    return database
        .sql(SELECT + "WHERE job_id = :job AND tenant = :tenant ORDER BY id")
        .bind("job", job)
        .bind("tenant", tenant)
        .map(WebhookDeliveries::delivery)
        .all();
  }

  /** A page of what a receiver was told, newest first. */
  public Flux<WebhookDelivery> ofEndpoint(
      String tenant, UUID endpoint, @Nullable UUID after, int limit) {
    Parameter bound = after == null ? Parameters.in(UUID.class) : Parameters.in(after);
    return database
        .sql(
            SELECT
                + "WHERE endpoint_id = :endpoint AND tenant = :tenant"
                + " AND (CAST(:after AS uuid) IS NULL OR id < CAST(:after AS uuid))"
                + " ORDER BY id DESC LIMIT :limit")
        .bind("endpoint", endpoint)
        .bind("tenant", tenant)
        .bind("after", bound)
        .bind("limit", limit)
        .map(WebhookDeliveries::delivery)
        .all();
  }

  /** The attempts of a delivery, in order. */
  public Flux<WebhookAttempt> attempts(UUID delivery) {
    return database
        .sql(
            "SELECT number, at, http_status, latency_ms, error, next_at FROM webhook_attempt"
                + " WHERE delivery_id = :id ORDER BY number")
        .bind("id", delivery)
        .map(WebhookDeliveries::attempt)
        .all();
  }

  /** How many attempts were made since the delivery was last replayed. */
  Mono<Long> made(UUID delivery) {
    return database
        .sql(
            "SELECT count(*) AS made FROM webhook_attempt a JOIN webhook_delivery d"
                + " ON d.id = a.delivery_id WHERE d.id = :id AND a.number > d.attempts_before")
        .bind("id", delivery)
        .map(row -> Objects.requireNonNull(row.get("made", Long.class)))
        .one();
  }

  /**
   * Delivers once more what was delivered or given up, under the same {@code webhook-id} and by the
   * whole schedule.
   *
   * @return empty when the tenant has no such delivery or it is still pending; an error {@link
   *     DeliveryQueueFullException} when no more may wait, and then nothing was changed
   */
  public Mono<WebhookDelivery> replay(String tenant, UUID id) {
    return database
        .sql(
            "UPDATE webhook_delivery SET status = 'pending', finished_at = NULL,"
                + " attempts_before = (SELECT COALESCE(max(a.number), 0)"
                + " FROM webhook_attempt a WHERE a.delivery_id = :id)"
                + " WHERE id = :id AND tenant = :tenant AND status <> 'pending'")
        .bind("id", id)
        .bind("tenant", tenant)
        .fetch()
        .rowsUpdated()
        .filter(rows -> rows > 0)
        .flatMap(
            rows ->
                database.inConnection(
                    connection -> submitter.submitIn(connection, jobs.of(tenant, id))))
        .flatMap(
            outcome ->
                outcome instanceof SubmitOutcome.QueueFull full
                    ? Mono.error(new DeliveryQueueFullException(full.retryAfter()))
                    : find(tenant, id))
        .as(transaction::transactional);
  }

  static Parameter nullable(@Nullable Integer value) {
    return value == null ? Parameters.in(R2dbcType.INTEGER) : Parameters.in(value);
  }

  private static WebhookDelivery delivery(Readable row) {
    return new WebhookDelivery(
        Objects.requireNonNull(row.get("id", UUID.class)),
        Objects.requireNonNull(row.get("tenant", String.class)),
        Objects.requireNonNull(row.get("job_id", UUID.class)),
        row.get("endpoint_id", UUID.class),
        Objects.requireNonNull(row.get("url", String.class)),
        Objects.requireNonNull(row.get("event", String.class)),
        Objects.requireNonNull(row.get("payload", String.class)),
        Objects.requireNonNull(row.get("status", String.class)),
        Objects.requireNonNull(row.get("created_at", Instant.class)),
        row.get("finished_at", Instant.class));
  }

  private static WebhookAttempt attempt(Readable row) {
    return new WebhookAttempt(
        Objects.requireNonNull(row.get("number", Integer.class)),
        Objects.requireNonNull(row.get("at", Instant.class)),
        row.get("http_status", Integer.class),
        Objects.requireNonNull(row.get("latency_ms", Integer.class)),
        row.get("error", String.class),
        row.get("next_at", Instant.class));
  }
}
