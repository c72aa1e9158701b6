package org.omnimamba.queue;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.LeaseLostException;
import org.omnimamba.queue.job.Progress;
import org.omnimamba.queue.job.TransactionHook;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What a worker does with jobs: claims them and writes under its claims. {@link
 * org.omnimamba.queue.worker.JobWorker} does all this by itself; use these calls to build another
 * kind of worker.
 *
 * <p>Every write but the claim quotes the claim's fencing token and fails with {@link
 * LeaseLostException}, having changed nothing, when the claim no longer holds. A claim whose lease
 * has run out still holds until the job is taken back, so a late result is not wasted.
 */
public final class JobLeases {
  private final Db db;
  private final Hints hints;
  private final Transitions transitions;
  private final QueueOptions options;
  private final CompletionBatch completions;

  JobLeases(
      Db db, Hints hints, Transitions transitions, QueueOptions options, Scheduler scheduler) {
    this.db = db;
    this.hints = hints;
    this.transitions = transitions;
    this.options = options;
    this.completions = new CompletionBatch(db, options.lease().dividedBy(3), scheduler);
  }

  /** How long a claim or a heartbeat holds. */
  public Duration lease() {
    return options.lease();
  }

  /**
   * Claims up to {@code limit} ready jobs of a kind, in one statement; an empty list when there are
   * none.
   *
   * @param worker a name for the worker, shown in the row
   */
  public Mono<List<ClaimedJob>> claim(String kind, String worker, int limit) {
    Duration lease = options.lease();
    return db.query(
            row -> JobRow.claimed(row, lease),
            LeaseSql.CLAIM,
            kind,
            worker,
            limit,
            lease.toMillis(),
            Statements.nullable(options.limitsOf(kind).maxRunning(), Integer.class))
        .collectList()
        // a row may arrive before the commit, and who follows a hint must find what it tells of
        .doOnNext(claims -> claims.forEach(claim -> hints.changed(claim.job())));
  }

  /**
   * Makes all these claims hold for one more lease, in one statement.
   *
   * @return those that still hold; a claim that is missing is lost
   */
  public Mono<List<HeldLease>> heartbeat(Collection<ClaimedJob> claims) {
    // in the order of the keys; see CompletionBatch
    List<ClaimedJob> ordered =
        claims.stream().sorted(Comparator.comparing(claim -> claim.job().id())).toList();
    UUID[] ids = ordered.stream().map(claim -> claim.job().id()).toArray(UUID[]::new);
    Long[] tokens = ordered.stream().map(ClaimedJob::token).toArray(Long[]::new);
    return db.query(
            row ->
                new HeldLease(
                    JobRow.get(row, "id", UUID.class),
                    JobRow.get(row, "token", Long.class),
                    JobRow.get(row, "cancelling", Boolean.class)),
            LeaseSql.HEARTBEAT,
            ids,
            tokens,
            options.lease().toMillis())
        .collectList();
  }

  /** Writes how far the attempt has come; the job's status tells whether it should stop. */
  public Mono<Job> progress(ClaimedJob claim, Progress progress) {
    return held(
        claim,
        transitions.keeping(
            LeaseSql.PROGRESS,
            claim.job().id(),
            claim.token(),
            progress.done(),
            progress.total(),
            Statements.nullable(progress.detail(), String.class)));
  }

  /**
   * Ends the job with a result. Repeating it after a lost answer gives the completed job again and
   * does not run the hook twice. A job that was asked to stop but has its result completes. One
   * whose deadline has passed expires instead, and the hook does not run.
   *
   * @param resultReference where the result lies, or null when there is none
   * @param hook writes the result and whatever else must commit with it
   */
  public Mono<Job> complete(
      ClaimedJob claim, @Nullable String resultReference, TransactionHook hook) {
    Mono<Job> repeated =
        db.query(JobRow::job, LeaseSql.COMPLETED_BEFORE, claim.job().id(), claim.token()).next();
    Mono<Job> tooLate =
        claim.job().times().deadline() == null ? Mono.empty() : expire(claim, TransactionHook.NONE);
    return held(
        claim,
        completion(claim, resultReference, hook).switchIfEmpty(repeated).switchIfEmpty(tooLate));
  }

  private Mono<Job> completion(
      ClaimedJob claim, @Nullable String resultReference, TransactionHook hook) {
    if (transitions.needsTransaction(claim.job().kind(), hook)) {
      return transitions.ending(
          claim.job().kind(),
          hook,
          LeaseSql.COMPLETE,
          claim.job().id(),
          claim.token(),
          Statements.nullable(resultReference, String.class));
    }
    return completions.complete(claim, resultReference).doOnNext(hints::changed);
  }

  /**
   * Ends the attempt without a result. The job waits for its next attempt when one is asked for and
   * left and begins before the deadline; it is cancelled when it was asked to stop, and has expired
   * when its deadline has passed by now; else it has failed.
   *
   * @param retryIn when the next attempt may begin, or null for no further attempt
   * @param hook sees the job with its new status, also when it will be tried again
   */
  public Mono<Job> fail(
      ClaimedJob claim, JobError error, @Nullable Duration retryIn, TransactionHook hook) {
    return held(
        claim,
        transitions.ending(
            claim.job().kind(),
            hook,
            LeaseSql.FAIL,
            claim.job().id(),
            claim.token(),
            error.code(),
            error.message(),
            Statements.nullable(retryIn == null ? null : retryIn.toMillis(), Long.class),
            options.ageingStep().toMillis()));
  }

  /** Confirms that a job in {@link org.omnimamba.queue.job.JobStatus#CANCELLING} has stopped. */
  public Mono<Job> cancelled(ClaimedJob claim, TransactionHook hook) {
    return held(
        claim,
        transitions.ending(
            claim.job().kind(), hook, LeaseSql.CANCELLED, claim.job().id(), claim.token()));
  }

  /** Ends a job whose deadline has passed, by the database's clock. */
  public Mono<Job> expired(ClaimedJob claim, TransactionHook hook) {
    return held(claim, expire(claim, hook));
  }

  private Mono<Job> expire(ClaimedJob claim, TransactionHook hook) {
    return transitions.ending(
        claim.job().kind(),
        hook,
        LeaseSql.EXPIRED,
        claim.job().id(),
        claim.token(),
        JobError.DEADLINE_EXCEEDED);
  }

  /**
   * Gives the job back unharmed: it waits in its old place and the attempt does not count. A job
   * that was asked to stop is cancelled instead.
   */
  public Mono<Job> release(ClaimedJob claim) {
    return held(
        claim,
        giveBack(claim, TransactionHook.NONE, LeaseSql.RELEASE, claim.job().id(), claim.token()));
  }

  /**
   * Gives the job back because its attempt could not begin: it waits and the attempt does not
   * count. A job that was asked to stop is cancelled instead.
   *
   * @param reason what is missing
   * @param retryIn when it may be claimed again
   * @param hook sees the job with its new status
   */
  public Mono<Job> postpone(
      ClaimedJob claim, JobError reason, Duration retryIn, TransactionHook hook) {
    return held(
        claim,
        giveBack(
            claim,
            hook,
            LeaseSql.POSTPONE,
            claim.job().id(),
            claim.token(),
            reason.code(),
            reason.message(),
            retryIn.toMillis(),
            options.ageingStep().toMillis()));
  }

  /**
   * Runs a statement that ends the job only where it was asked to stop. Where nothing has to run
   * with the change, the form that cannot end a job is tried first, without a transaction.
   */
  private Mono<Job> giveBack(
      ClaimedJob claim, TransactionHook hook, LeaseSql.GivingBack sql, Object... arguments) {
    Mono<Job> change =
        transitions.ending(claim.job().kind(), hook, sql.whateverItsStatus(), arguments);
    return hook == TransactionHook.NONE && transitions.needsTransaction(claim.job().kind(), hook)
        ? transitions.keeping(sql.unlessAskedToStop(), arguments).switchIfEmpty(change)
        : change;
  }

  private static Mono<Job> held(ClaimedJob claim, Mono<Job> write) {
    return write.switchIfEmpty(
        Mono.error(() -> new LeaseLostException(claim.job().id(), claim.token())));
  }

  /**
   * A claim that still holds.
   *
   * @param id the job
   * @param token the claim's token
   * @param cancelRequested whether its holder should stop
   */
  public record HeldLease(UUID id, long token, boolean cancelRequested) {}
}
