package org.omnimamba.queue;

import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * Queues jobs that are submitted at the same time: many with one statement and one commit. Each
 * submitter gets its answer after the commit.
 *
 * <p>What needs a decision of its own goes alone, through {@link Submission}: a job with an
 * idempotency key, which may have to wait for the transaction that holds the key, a large one, and
 * one whose queue is nearly full.
 */
final class SubmissionBatch {
  private static final int MOST = 64;
  private static final int LARGE_CHARACTERS = 64 * 1024;

  /** Two at a time, as for {@link CompletionBatch}. */
  private static final int STATEMENTS = 2;

  /** A connection that is silent for so long does not hold up the next submissions any longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** $1 to $10 are arrays with an element for each job, $11 is the ageing step in milliseconds. */
  static final String INSERT_ALL =
      "WITH wanted AS MATERIALIZED (SELECT queue_uuidv7() AS new_id, queue_now() AS at, w.* FROM"
          + " unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::bigint[], $6::bigint[],"
          + " $7::text[], $8::text[], $9::int[], $10::timestamptz[]) WITH ORDINALITY AS w"
          + " (new_kind, new_tenant, new_priority, most_attempts, delay, time_left, new_attributes,"
          + " new_payload, most, expires_at, place)), roomy AS MATERIALIZED (SELECT g.new_kind,"
          + " g.new_tenant FROM (SELECT new_kind, new_tenant, min(most) AS most, count(*) AS jobs"
          + " FROM wanted GROUP BY new_kind, new_tenant) g WHERE queue_has_room(g.new_kind,"
          + " g.new_tenant, g.most, g.jobs)), placed AS (INSERT INTO queue_job (id, kind, tenant,"
          + " priority, max_attempts, available_at, ranked_at, deadline_at, attributes, payload,"
          + " created_at, updated_at) SELECT new_id, new_kind, new_tenant, new_priority,"
          + " most_attempts, at + delay * interval '1 millisecond', at + (delay - new_priority *"
          + " $11::bigint) * interval '1 millisecond', COALESCE(expires_at, at + time_left *"
          + " interval '1 millisecond'), new_attributes, new_payload, at, at FROM wanted JOIN roomy"
          + " USING (new_kind, new_tenant) ORDER BY place RETURNING "
          + JobRow.COLUMNS
          + ") SELECT "
          + JobRow.COLUMNS
          + ", place FROM placed JOIN wanted ON new_id = id";

  private static final int PLACE = 22;

  private final Db db;
  private final QueueOptions options;
  private final Hints hints;
  private final Scheduler scheduler;
  private final Gathering<Entry> entries = new Gathering<>(MOST, STATEMENTS, this::writeAll);

  SubmissionBatch(Db db, QueueOptions options, Hints hints, Scheduler scheduler) {
    this.db = db;
    this.options = options;
    this.hints = hints;
    this.scheduler = scheduler;
  }

  private record Entry(NewJob job, MonoSink<SubmitOutcome> sink, AtomicBoolean cancelled) {}

  /** Queues the job, or says why not. */
  Mono<SubmitOutcome> submit(NewJob job) {
    if (job.idempotencyKey() != null
        || job.payload().length() + job.attributes().length() > LARGE_CHARACTERS) {
      return alone(job);
    }
    return Mono.create(
        sink -> {
          AtomicBoolean cancelled = new AtomicBoolean();
          sink.onCancel(() -> cancelled.set(true));
          entries.add(new Entry(job, sink, cancelled));
        });
  }

  private Mono<SubmitOutcome> alone(NewJob job) {
    return new Submission(job, options, db::query)
        .submit()
        .doOnNext(
            outcome -> {
              if (outcome instanceof SubmitOutcome.Accepted accepted) {
                hints.changed(accepted.job());
              }
            });
  }

  private Mono<Void> writeAll(List<Entry> gathered) {
    List<Entry> batch = gathered.stream().filter(entry -> !entry.cancelled().get()).toList();
    if (batch.isEmpty()) {
      return Mono.empty();
    }
    if (batch.size() == 1) {
      return writeAlone(batch.get(0));
    }
    return insert(batch)
        .timeout(PATIENCE, scheduler)
        .doOnNext(
            placed -> {
              for (int i = 0; i < batch.size(); i++) {
                answer(batch.get(i), placed.get(i));
              }
            })
        .doOnError(
            error -> {
              if (changedNothing(error)) {
                batch.forEach(entry -> writeAlone(entry).subscribe());
              } else {
                batch.forEach(entry -> entry.sink().error(error));
              }
            })
        .then();
  }

  private void answer(Entry entry, @Nullable Job placed) {
    if (placed == null) {
      // the queue may be full: that is decided one by one
      writeAlone(entry).subscribe();
    } else {
      accept(entry, placed);
    }
  }

  private void accept(Entry entry, Job placed) {
    hints.changed(placed);
    entry.sink().success(new SubmitOutcome.Accepted(placed));
  }

  /**
   * Whether the server refused the statement, for what may be one entry's fault. After any other
   * error the jobs may have been queued, and only their submitters know whether to submit them
   * again.
   */
  private static boolean changedNothing(Throwable error) {
    return error instanceof R2dbcDataIntegrityViolationException
        || error instanceof R2dbcBadGrammarException;
  }

  private Mono<Void> writeAlone(Entry entry) {
    return alone(entry.job())
        .timeout(PATIENCE, scheduler)
        .doOnNext(outcome -> entry.sink().success(outcome))
        .doOnError(error -> entry.sink().error(error))
        .onErrorComplete()
        .then();
  }

  /** The jobs that were queued, by their positions in the batch. */
  private Mono<Map<Integer, Job>> insert(List<Entry> batch) {
    return db.query(
            row -> Map.entry(place(row.get(PLACE, Long.class)), JobRow.job(row)),
            INSERT_ALL,
            column(batch, String[]::new, NewJob::kind),
            column(batch, String[]::new, NewJob::tenant),
            column(batch, Integer[]::new, NewJob::priority),
            column(batch, Integer[]::new, NewJob::maxAttempts),
            column(batch, Long[]::new, job -> job.delay().toMillis()),
            column(batch, Long[]::new, SubmissionBatch::timeLeft),
            column(batch, String[]::new, NewJob::attributes),
            column(batch, String[]::new, NewJob::payload),
            column(batch, Integer[]::new, job -> options.limitsOf(job.kind()).maxQueued()),
            column(batch, Instant[]::new, NewJob::expiresAt),
            options.ageingStep().toMillis())
        .collect(HashMap::new, (placed, each) -> placed.put(each.getKey(), each.getValue()));
  }

  private static int place(@Nullable Long ordinality) {
    if (ordinality == null) {
      throw new IllegalStateException("a job without its place");
    }
    return (int) (ordinality - 1);
  }

  private static @Nullable Long timeLeft(NewJob job) {
    Duration deadline = job.deadline();
    return deadline == null ? null : deadline.toMillis();
  }

  private static <T> T[] column(
      List<Entry> batch, IntFunction<T[]> array, Function<NewJob, @Nullable T> value) {
    return batch.stream().map(entry -> value.apply(entry.job())).toArray(array);
  }
}
