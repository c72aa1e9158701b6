package org.omnimamba.queue;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.job.CancelOutcome;
import org.omnimamba.queue.job.DeadLetterFilter;
import org.omnimamba.queue.job.DeleteOutcome;
import org.omnimamba.queue.job.IdempotencyKey;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobFilter;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.QueueDepth;
import org.omnimamba.queue.job.RedriveOutcome;
import org.omnimamba.queue.job.RedrivenJobs;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.job.TenantLimits;
import org.omnimamba.queue.job.TransactionHook;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Submits jobs, and reads, cancels, deletes and redrives them.
 *
 * <p>Thread-safe. Every call borrows at most one connection at a time and gives it back however it
 * ends, also when its subscriber cancels. Errors are the driver's {@code R2dbcException}s; a call
 * that fails has changed nothing, except that the answer to a commit may be lost, which is what
 * idempotency keys are for.
 */
public final class JobQueue {
  private final Db db;
  private final Hints hints;
  private final Transitions transitions;
  private final QueueOptions options;
  private final JobLeases leases;
  private final Scheduler scheduler;
  private final SubmissionBatch submissions;
  private final DeadLetters deadLetters;
  private final Submitter submitter;

  private JobQueue(
      ConnectionFactory pool,
      QueueOptions options,
      Map<String, TransactionHook> hooks,
      Scheduler scheduler) {
    this.scheduler = scheduler;
    this.db = new Db(pool, options.lease());
    this.hints = new Hints(db, scheduler);
    this.transitions = new Transitions(db, hints, hooks);
    this.options = options;
    this.leases = new JobLeases(db, hints, transitions, options, scheduler);
    this.submissions = new SubmissionBatch(db, options, hints, scheduler);
    this.submitter = new Submitter(options);
    this.deadLetters = new DeadLetters(db, transitions, options);
  }

  /**
   * Starts a queue on a database that holds {@link QueueMigrations}.
   *
   * @param pool gives connections to PostgreSQL, pooled
   */
  public static Builder builder(ConnectionFactory pool) {
    return new Builder(pool);
  }

  /** Collects what differs from the defaults. */
  public static final class Builder {
    private final ConnectionFactory pool;
    private QueueOptions options = QueueOptions.DEFAULTS;
    private final Map<String, TransactionHook> hooks = new HashMap<>();
    private Scheduler scheduler = Schedulers.parallel();

    private Builder(ConnectionFactory pool) {
      this.pool = pool;
    }

    public Builder options(QueueOptions value) {
      this.options = value;
      return this;
    }

    /**
     * Runs the hook in every transaction in which a job of that kind ends, whether a worker, a
     * cancellation or maintenance ends it. Several hooks of one kind run in the order in which they
     * are given. A hook that submits jobs itself uses a {@link Submitter}.
     */
    public Builder onTerminal(String kind, TransactionHook hook) {
      hooks.merge(kind, hook, TransactionHook::then);
      return this;
    }

    /**
     * Times everything that this queue, its workers and its maintenance do by themselves: polls,
     * heartbeats, pauses between hints. Its clock must be monotonic. By default {@link
     * Schedulers#parallel()}; a test may give one whose time it moves.
     */
    public Builder scheduler(Scheduler value) {
      this.scheduler = value;
      return this;
    }

    public JobQueue build() {
      return new JobQueue(pool, options, hooks, scheduler);
    }
  }

  /** The worker's side of this queue. */
  public JobLeases leases() {
    return leases;
  }

  /** The settings this queue was built with. */
  public QueueOptions options() {
    return options;
  }

  /** Queues a job. Submissions at the same time share statements and commits. */
  public Mono<SubmitOutcome> submit(NewJob job) {
    return submissions.submit(job);
  }

  /**
   * What a submission with that key would find: a job that was submitted with it before. Empty when
   * there is none.
   */
  public Mono<SubmitOutcome> find(String tenant, IdempotencyKey key) {
    return Submission.find(db::query, tenant, key);
  }

  /** Queues a job in one transaction with the hook, which runs only if the job is accepted. */
  public Mono<SubmitOutcome> submit(NewJob job, TransactionHook hook) {
    return db.transaction(
        connection ->
            submitIn(connection, job)
                .flatMap(
                    outcome ->
                        outcome instanceof SubmitOutcome.Accepted accepted
                            ? Mono.from(hook.inTransaction(connection, accepted.job()))
                                .thenReturn(outcome)
                            : Mono.just(outcome)));
  }

  /**
   * Queues a job in the caller's transaction: it and its hint are there once that commits.
   *
   * @param connection in a transaction of the caller's
   */
  public Mono<SubmitOutcome> submitIn(Connection connection, NewJob job) {
    return submitter.submitIn(connection, job);
  }

  /** A tenant's job; empty when it has none of that id. */
  public Mono<Job> get(String tenant, UUID id) {
    return db.query(JobRow::job, JobSql.GET, id, tenant).next();
  }

  /** What a tenant's job was submitted with; empty when it has none of that id. */
  public Mono<String> payload(String tenant, UUID id) {
    return db.query(row -> JobRow.get(row, "payload", String.class), JobSql.PAYLOAD, id, tenant)
        .next();
  }

  /** A page of a tenant's jobs, newest first. */
  public Mono<List<Job>> list(String tenant, JobFilter filter) {
    JobStatus status = filter.status();
    return db.query(
            JobRow::job,
            JobSql.LIST,
            tenant,
            filter.kind(),
            Statements.nullable(status == null ? null : status.wireName(), String.class),
            Statements.nullable(filter.after(), UUID.class),
            filter.limit())
        .collectList();
  }

  /** As {@link #cancel(Job)}, for a caller that has not read the job. */
  public Mono<CancelOutcome> cancel(String tenant, UUID id) {
    return get(tenant, id).flatMap(this::cancel).defaultIfEmpty(new CancelOutcome.NotFound());
  }

  /**
   * Cancels a waiting job at once, or asks the holder of a running one to stop. What counts is the
   * status that the row has by then; the one in {@code seen} only saves a transaction where the job
   * is running, since asking ends no job.
   */
  public Mono<CancelOutcome> cancel(Job seen) {
    Object[] row = {seen.id(), seen.tenant()};
    Mono<Job> atOnceOrAsked =
        transitions.ending(seen.kind(), TransactionHook.NONE, JobSql.CANCEL, row);
    boolean runs = seen.status() == JobStatus.IN_PROGRESS || seen.status() == JobStatus.CANCELLING;
    return (runs
            ? transitions.keeping(JobSql.ASK_TO_STOP, row).switchIfEmpty(atOnceOrAsked)
            : atOnceOrAsked)
        .<CancelOutcome>map(
            job -> {
              if (job.status() == JobStatus.CANCELLED) {
                return new CancelOutcome.Cancelled(job);
              }
              hints.cancel(job.id());
              return new CancelOutcome.Cancelling(job);
            })
        .switchIfEmpty(get(seen.tenant(), seen.id()).map(CancelOutcome.AlreadyFinished::new))
        .defaultIfEmpty(new CancelOutcome.NotFound());
  }

  /** Removes a job that has ended, with its results. */
  public Mono<DeleteOutcome> delete(String tenant, UUID id) {
    return delete(tenant, id, TransactionHook.NONE);
  }

  /** Removes a job that has ended, with its results, in one transaction with the hook. */
  public Mono<DeleteOutcome> delete(String tenant, UUID id, TransactionHook hook) {
    return db.<Job>transaction(
            connection ->
                Statements.query(connection, JobRow::job, JobSql.DELETE, id, tenant)
                    .next()
                    .flatMap(
                        job ->
                            JobResults.deleteIn(connection, job)
                                .then(Mono.from(hook.inTransaction(connection, job)))
                                .thenReturn(job)))
        .<DeleteOutcome>map(DeleteOutcome.Deleted::new)
        .switchIfEmpty(get(tenant, id).map(DeleteOutcome.NotFinished::new))
        .defaultIfEmpty(new DeleteOutcome.NotFound());
  }

  /** As {@link #redrive(Job, Duration)}, for a caller that has not read the job. */
  public Mono<RedriveOutcome> redrive(String tenant, UUID id, @Nullable Duration deadline) {
    NewJob.checkDeadline(deadline);
    return get(tenant, id)
        .flatMap(job -> redrive(job, deadline))
        .defaultIfEmpty(new RedriveOutcome.NotFound());
  }

  /**
   * Queues a failed or expired job again, with all its attempts and without its old deadline.
   *
   * @param dead the job as it was read; what counts is the row as it is by then
   * @param deadline how long from now it has, or null for no deadline
   */
  public Mono<RedriveOutcome> redrive(Job dead, @Nullable Duration deadline) {
    NewJob.checkDeadline(deadline);
    return deadLetters.redrive(dead, deadline);
  }

  /**
   * Queues failed or expired jobs again, as {@link #redrive} does, as many as the filter allows and
   * the tenant's queue has room for.
   */
  public Mono<RedrivenJobs> redriveAll(String tenant, DeadLetterFilter filter) {
    return deadLetters.redriveAll(tenant, filter);
  }

  /** How long until a tenant's queue should have room again if it is full, at least a second. */
  public Mono<Duration> roomIn(String kind, String tenant) {
    return db.query(
            Room::of, Room.SQL, Room.arguments(kind, tenant, options.limitsOf(kind).maxQueued()))
        .next()
        .map(Room::retryAfter);
  }

  /** Sets one tenant's limits for a kind, in place of the defaults; null means the default. */
  public Mono<Void> setLimits(String kind, String tenant, TenantLimits limits) {
    return db.query(
            row -> Boolean.TRUE,
            JobSql.SET_LIMITS,
            kind,
            tenant,
            Statements.nullable(limits.maxRunning(), Integer.class),
            Statements.nullable(limits.maxQueued(), Integer.class))
        .then();
  }

  /** How many jobs of a kind wait and run, and how old the oldest waiting one is. */
  public Mono<QueueDepth> depth(String kind) {
    return db.query(
            row ->
                new QueueDepth(
                    JobRow.get(row, "queued", Long.class),
                    JobRow.get(row, "running", Long.class),
                    Duration.ofMillis(JobRow.get(row, "oldest_millis", Long.class))),
            JobSql.DEPTH,
            kind)
        .next();
  }

  Db db() {
    return db;
  }

  /**
   * The hints that calls on this object cause, at once and without the database: for workers in the
   * same process. Those of other processes come through a {@link QueueListener}.
   */
  public Flux<QueueSignal> signals() {
    return hints.signals();
  }

  /** What times this queue and whatever is built on it; its clock is monotonic. */
  public Scheduler scheduler() {
    return scheduler;
  }

  Transitions transitions() {
    return transitions;
  }
}
