package org.omnimamba.queue;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.job.DeadLetterFilter;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.RedriveOutcome;
import org.omnimamba.queue.job.RedrivenJobs;
import reactor.core.publisher.Mono;

/** Queues failed or expired jobs again, as far as their tenant's queue has room. */
final class DeadLetters {
  /**
   * $1 job, $2 tenant, $3 milliseconds to the new deadline or null, $4 the ageing step in
   * milliseconds, $5 how many may wait or null.
   */
  static final String REDRIVE =
      "UPDATE queue_job j SET"
          + again("$4", "$3::bigint")
          + " FROM (SELECT queue_now() AS at) clock"
          + " WHERE id = $1 AND tenant = $2 AND status IN ('failed', 'expired')"
          + " AND COALESCE(queue_room(kind, tenant, $5::int), 1) > 0 RETURNING "
          + JobRow.COLUMNS;

  /** The same columns in the same order as the index of dead letters has them. */
  private static final String MATCHING =
      " FROM queue_job WHERE tenant = $1 AND kind = $2 AND finished_at IS NOT NULL"
          + " AND error_code IS NOT NULL AND status = $3"
          + " AND ($4::text IS NULL OR error_code = $4)"
          + " AND finished_at >= COALESCE($5::timestamptz, '-infinity')"
          + " AND finished_at < COALESCE($6::timestamptz, 'infinity')";

  /**
   * $1 to $6 as in the filter, $7 its limit, $8 how many may wait or null, $9 the ageing step.
   * Gives the room that there was with each job, and by itself where no job was taken, so that the
   * decision and what is told of it are of the same moment.
   */
  static final String REDRIVE_ALL =
      "WITH room AS MATERIALIZED (SELECT COALESCE(queue_room($2, $1, $8::int), $7::int) AS room),"
          + " redriven AS (UPDATE queue_job j SET"
          + again("$9", "NULL::bigint")
          + " FROM (SELECT queue_now() AS at) clock WHERE id = ANY (ARRAY(SELECT id"
          + MATCHING
          + " ORDER BY tenant, kind, finished_at"
          + " LIMIT LEAST($7::int, GREATEST(0, (SELECT room FROM room)))"
          + " FOR UPDATE SKIP LOCKED)) RETURNING "
          + JobRow.COLUMNS
          + ") SELECT "
          + JobRow.COLUMNS
          + ", room FROM room LEFT JOIN redriven ON true";

  private static final int ID = 0;
  private static final int ROOM = 22;

  /** How often a redrive is tried whose job was refused although there is room. */
  private static final int TRIES = 3;

  /** Whether anything is left, with $1 to $6 as above. */
  private static final String ANY_LEFT = "SELECT EXISTS (SELECT" + MATCHING + ") AS more";

  private final Db db;
  private final Transitions transitions;
  private final QueueOptions options;

  DeadLetters(Db db, Transitions transitions, QueueOptions options) {
    this.db = db;
    this.transitions = transitions;
    this.options = options;
  }

  private static String again(String ageingStep, String timeLeft) {
    return " status = 'queued', attempt = 0, finished_at = NULL, error_code = NULL,"
        + " error_message = NULL, available_at = clock.at, ranked_at = clock.at - priority * "
        + ageingStep
        + "::bigint * interval '1 millisecond', deadline_at = clock.at + "
        + timeLeft
        + " * interval '1 millisecond', version = version + 1, updated_at = clock.at";
  }

  /** Queues one job again; {@code found} is the job as it was. */
  Mono<RedriveOutcome> redrive(Job found, @Nullable Duration deadline) {
    return redrive(found, deadline, TRIES);
  }

  private Mono<RedriveOutcome> redrive(Job found, @Nullable Duration deadline, int tries) {
    return transitions
        .keeping(
            REDRIVE,
            found.id(),
            found.tenant(),
            Statements.nullable(deadline == null ? null : deadline.toMillis(), Long.class),
            options.ageingStep().toMillis(),
            Statements.nullable(maxQueued(found.kind()), Integer.class))
        .<RedriveOutcome>map(RedriveOutcome.Redriven::new)
        .switchIfEmpty(Mono.defer(() -> refused(found, deadline, tries)));
  }

  private Mono<RedriveOutcome> refused(Job found, @Nullable Duration deadline, int tries) {
    return db.query(JobRow::job, JobSql.GET, found.id(), found.tenant())
        .next()
        .flatMap(
            job ->
                job.status() == JobStatus.FAILED || job.status() == JobStatus.EXPIRED
                    ? full(job, deadline, tries)
                    : Mono.<RedriveOutcome>just(new RedriveOutcome.NotDead(job)))
        .defaultIfEmpty(new RedriveOutcome.NotFound());
  }

  /** Whether there is room is another look, and much may have happened since the first. */
  private Mono<RedriveOutcome> full(Job job, @Nullable Duration deadline, int tries) {
    return db.query(
            Room::of, Room.SQL, Room.arguments(job.kind(), job.tenant(), maxQueued(job.kind())))
        .next()
        .flatMap(
            room ->
                room.isOpen() && tries > 1
                    ? redrive(job, deadline, tries - 1)
                    : Mono.just(new RedriveOutcome.QueueFull(room.limit(), room.retryAfter())));
  }

  Mono<RedrivenJobs> redriveAll(String tenant, DeadLetterFilter filter) {
    Object[] matching = {
      tenant,
      filter.kind(),
      filter.status().wireName(),
      Statements.nullable(filter.errorCode(), String.class),
      Statements.nullable(filter.finishedFrom(), Instant.class),
      Statements.nullable(filter.finishedBefore(), Instant.class)
    };
    Mono<Boolean> more =
        db.query(row -> JobRow.get(row, "more", Boolean.class), ANY_LEFT, matching).next();
    return db.query(
            DeadLetters::taken,
            REDRIVE_ALL,
            and(
                matching,
                filter.limit(),
                Statements.nullable(maxQueued(filter.kind()), Integer.class),
                options.ageingStep().toMillis()))
        .collectList()
        .doOnNext(rows -> transitions.changed(jobs(rows)))
        .zipWhen(rows -> more, DeadLetters::redriven);
  }

  /** A row of {@link #REDRIVE_ALL}. */
  private record Taken(@Nullable Job job, int room) {}

  private static Taken taken(Readable row) {
    Integer room = row.get(ROOM, Integer.class);
    return new Taken(
        row.get(ID, UUID.class) == null ? null : JobRow.job(row), room == null ? 0 : room);
  }

  private static RedrivenJobs redriven(List<Taken> rows, boolean more) {
    return new RedrivenJobs(jobs(rows), more, rows.stream().allMatch(row -> row.room() <= 0));
  }

  private static List<Job> jobs(List<Taken> rows) {
    return rows.stream().map(Taken::job).filter(Objects::nonNull).toList();
  }

  private @Nullable Integer maxQueued(String kind) {
    return options.limitsOf(kind).maxQueued();
  }

  private static Object[] and(Object[] first, Object... rest) {
    Object[] all = Arrays.copyOf(first, first.length + rest.length);
    System.arraycopy(rest, 0, all, first.length, rest.length);
    return all;
  }
}
