package org.omnimamba.jobs.batch;

import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.web.usage.UsageOrigin;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The batches of all tenants. Every access of a client's names the tenant. */
@Component
public class BatchStore {
  /** How long a batch may take, by its completion window of 24 h. */
  private static final Duration WINDOW = Duration.ofHours(24);

  /** A driver that is lost is replaced for as long as it takes. */
  private static final int ATTEMPTS = 1_000_000;

  private static final String SELECT =
      """
      SELECT b.*, c.total, c.completed, c.failed FROM batch b CROSS JOIN LATERAL (
        SELECT count(*) AS total, count(*) FILTER (WHERE l.status = 'completed') AS completed,
               count(*) FILTER (WHERE l.status IN ('failed', 'stopped')) AS failed
        FROM batch_line l WHERE l.batch_id = b.job_id) c
      """;

  private static final String INSERT =
      """
      INSERT INTO batch (job_id, tenant, endpoint, input_file_id, metadata, output_seconds, status,
        created_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, 'validating', $7, $7 + $8::bigint * interval '1 millisecond')
      """;

  private final DatabaseClient database;
  private final JobQueue queue;
  private final JobJson json;

  BatchStore(DatabaseClient database, JobQueue queue, JobJson json) {
    this.database = database;
    this.queue = queue;
    this.json = json;
  }

  /** Makes a batch and the job that drives it, both or neither. */
  public Mono<SubmitOutcome> create(String tenant, NewBatch batch) {
    return Mono.deferContextual(
        context -> create(tenant, batch, BatchDriver.attributes(json, UsageOrigin.of(context))));
  }

  private Mono<SubmitOutcome> create(String tenant, NewBatch batch, String attributes) {
    NewJob driver =
        NewJob.of(BatchEndpoints.driverKind(batch.endpoint()), tenant, "{}")
            .attributes(attributes)
            .maxAttempts(ATTEMPTS)
            .build();
    return queue.submit(
        driver,
        (connection, job) ->
            Statements.update(
                    connection,
                    INSERT,
                    job.id(),
                    tenant,
                    batch.endpoint(),
                    batch.inputFile(),
                    batch.metadata(),
                    batch.outputSeconds(),
                    job.times().created(),
                    WINDOW.toMillis())
                .then());
  }

  /** One of the tenant's batches; empty when it has none of that id. */
  public Mono<Batch> find(String tenant, UUID id) {
    return database
        .sql(SELECT + "WHERE b.job_id = :id AND b.tenant = :tenant")
        .bind("id", id)
        .bind("tenant", tenant)
        .map(BatchStore::batch)
        .one();
  }

  /** A page of the tenant's batches, newest first. */
  public Flux<Batch> list(String tenant, @Nullable UUID after, int limit) {
    return database
        .sql(
            SELECT
                + "WHERE b.tenant = :tenant AND (CAST(:after AS uuid) IS NULL"
                + " OR b.job_id < CAST(:after AS uuid)) ORDER BY b.job_id DESC LIMIT :limit")
        .bind("tenant", tenant)
        .bind("after", after == null ? Parameters.in(UUID.class) : Parameters.in(after))
        .bind("limit", limit)
        .map(BatchStore::batch)
        .all();
  }

  /** Asks a batch to stop; whether it could be asked shows in the status that it has then. */
  public Mono<Batch> cancel(String tenant, UUID id) {
    return database
        .sql(
            "UPDATE batch SET status = 'cancelling', cancelling_at = queue_now()"
                + " WHERE job_id = :id AND tenant = :tenant"
                + " AND status IN ('validating', 'in_progress')")
        .bind("id", id)
        .bind("tenant", tenant)
        .then()
        .then(find(tenant, id));
  }

  static Batch batch(Readable row) {
    return new Batch(
        value(row, "job_id", UUID.class),
        value(row, "tenant", String.class),
        value(row, "endpoint", String.class),
        value(row, "input_file_id", UUID.class),
        value(row, "metadata", String.class),
        value(row, "output_seconds", Integer.class),
        Batch.Status.valueOf(value(row, "status", String.class).toUpperCase(Locale.ROOT)),
        row.get("model", String.class),
        row.get("errors", String.class),
        row.get("usage", String.class),
        row.get("output_file_id", UUID.class),
        row.get("error_file_id", UUID.class),
        new Batch.Counts(
            value(row, "total", Long.class),
            value(row, "completed", Long.class),
            value(row, "failed", Long.class)),
        new Batch.Times(
            value(row, "created_at", Instant.class),
            value(row, "expires_at", Instant.class),
            row.get("in_progress_at", Instant.class),
            row.get("finalizing_at", Instant.class),
            row.get("completed_at", Instant.class),
            row.get("failed_at", Instant.class),
            row.get("expired_at", Instant.class),
            row.get("cancelling_at", Instant.class),
            row.get("cancelled_at", Instant.class)));
  }

  private static <T> T value(Readable row, String column, Class<T> type) {
    return Objects.requireNonNull(row.get(column, type), column);
  }
}
