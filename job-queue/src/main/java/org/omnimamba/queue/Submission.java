package org.omnimamba.queue;

import io.r2dbc.spi.Readable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.job.IdempotencyKey;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Queues a job, or finds out why not. */
final class Submission {
  /** The insert checks the depth and the key by itself; no row means one of them forbade it. */
  private static final String INSERT =
      "INSERT INTO queue_job (kind, tenant, priority, max_attempts, available_at, ranked_at,"
          + " deadline_at, idempotency_key, request_hash, attributes, payload, created_at,"
          + " updated_at)"
          + " SELECT $1, $2, $3::int, $4::int, clock.at + $5::bigint * interval '1 millisecond',"
          + " clock.at + ($5::bigint - $3::int * $6::bigint) * interval '1 millisecond',"
          + " COALESCE($13::timestamptz, clock.at + $7::bigint * interval '1 millisecond'),"
          + " $8, $9, $10, $11, clock.at, clock.at"
          + " FROM (SELECT queue_now() AS at) clock"
          + " WHERE $12::int IS NULL AND NOT EXISTS (SELECT FROM queue_tenant t"
          + " WHERE t.kind = $1 AND t.tenant = $2 AND t.max_queued IS NOT NULL)"
          + " OR queue_admits($1, $2, $12::int)"
          + " ON CONFLICT (tenant, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING"
          + " RETURNING "
          + JobRow.COLUMNS;

  private static final String BY_KEY =
      "SELECT "
          + JobRow.COLUMNS
          + ", request_hash FROM queue_job WHERE tenant = $1 AND idempotency_key = $2";

  private final NewJob job;
  private final QueueOptions options;
  private final Queries queries;

  Submission(NewJob job, QueueOptions options, Queries queries) {
    this.job = job;
    this.options = options;
    this.queries = queries;
  }

  /** Runs statements, on a connection of their own each or all on one. */
  @FunctionalInterface
  interface Queries {
    <T> Flux<T> query(Function<Readable, T> mapper, String sql, Object... arguments);
  }

  Mono<SubmitOutcome> submit() {
    if (job.idempotencyKey() == null) {
      return insertOrFind().switchIfEmpty(full(Mono.empty()));
    }
    // a second round for the rare case that the job holding the key was deleted in between, which
    // shows in that there is room
    return insertOrFind().switchIfEmpty(full(insertOrFind().switchIfEmpty(full(Mono.empty()))));
  }

  private Mono<SubmitOutcome> insertOrFind() {
    IdempotencyKey key = job.idempotencyKey();
    Duration deadline = job.deadline();
    Mono<SubmitOutcome> inserted =
        queries
            .query(
                JobRow::job,
                INSERT,
                job.kind(),
                job.tenant(),
                job.priority(),
                job.maxAttempts(),
                job.delay().toMillis(),
                options.ageingStep().toMillis(),
                Statements.nullable(deadline == null ? null : deadline.toMillis(), Long.class),
                Statements.nullable(key == null ? null : key.key(), String.class),
                Statements.nullable(
                    key == null ? null : ByteBuffer.wrap(key.requestHash()), ByteBuffer.class),
                job.attributes(),
                job.payload(),
                Statements.nullable(maxQueued(), Integer.class),
                Statements.nullable(job.expiresAt(), Instant.class))
            // a row may arrive before the commit
            .takeLast(1)
            .next()
            .map(SubmitOutcome.Accepted::new);
    return key == null ? inserted : inserted.switchIfEmpty(find(key));
  }

  private Mono<SubmitOutcome> find(IdempotencyKey key) {
    return find(queries, job.tenant(), key);
  }

  /** What became of the job that holds the key; empty when none does. */
  static Mono<SubmitOutcome> find(Queries queries, String tenant, IdempotencyKey key) {
    return queries.query(row -> replay(row, key), BY_KEY, tenant, key.key()).next();
  }

  private static SubmitOutcome replay(Readable row, IdempotencyKey key) {
    Job earlier = JobRow.job(row);
    byte[] hash = JobRow.get(row, "request_hash", byte[].class);
    if (!Arrays.equals(hash, key.requestHash())) {
      return new SubmitOutcome.KeyReused(earlier);
    }
    return earlier.status().isTerminal()
        ? new SubmitOutcome.Replayed(earlier)
        : new SubmitOutcome.StillRunning(earlier);
  }

  /**
   * Says that there is no room.
   *
   * @param again what to do instead where there is room after all; empty to say so all the same
   */
  private Mono<SubmitOutcome> full(Mono<SubmitOutcome> again) {
    return queries
        .query(Room::of, Room.SQL, Room.arguments(job.kind(), job.tenant(), maxQueued()))
        .next()
        .flatMap(
            room -> {
              Mono<SubmitOutcome> full =
                  Mono.just(new SubmitOutcome.QueueFull(room.limit(), room.retryAfter()));
              return room.isOpen() ? again.switchIfEmpty(full) : full;
            });
  }

  private @Nullable Integer maxQueued() {
    return options.limitsOf(job.kind()).maxQueued();
  }
}
