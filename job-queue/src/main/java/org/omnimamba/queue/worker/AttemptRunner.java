package org.omnimamba.queue.worker;

import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.JobLeases;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.LeaseLostException;
import org.omnimamba.queue.job.TransactionHook;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** Runs the handler on one attempt and writes down how it ended. */
final class AttemptRunner {
  private static final Duration MOST_POSTPONED = Duration.ofSeconds(30);
  private static final Logger log = LoggerFactory.getLogger(AttemptRunner.class);

  private final JobLeases leases;
  private final JobHandler handler;
  private final RetryPolicy retry;
  private final WorkerCounters counters;
  private final Scheduler scheduler;

  /**
   * Runs attempts with that handler.
   *
   * @param scheduler times the writes of ends and the waits between them
   */
  AttemptRunner(
      JobLeases leases,
      JobHandler handler,
      RetryPolicy retry,
      WorkerCounters counters,
      Scheduler scheduler) {
    this.leases = leases;
    this.handler = handler;
    this.retry = retry;
    this.counters = counters;
    this.scheduler = scheduler;
  }

  /** Ends when nothing is left to do for the attempt; never with an error. */
  Mono<Void> run(Attempt attempt) {
    Mono<Mono<Job>> handled = handle(attempt).map(outcome -> record(attempt, outcome));
    Mono<Mono<Job>> stopped = attempt.whenStopped().map(stop -> record(attempt, stop));
    return Mono.firstWithSignal(stopped, handled)
        .flatMap(
            write ->
                persist(attempt, write)
                    .doOnNext(job -> counters.ended(job, isReleased(attempt, job)))
                    .hasElement()
                    .doOnNext(
                        written -> {
                          if (!written) {
                            counters.lost.increment();
                          }
                        }))
        .then();
  }

  private Mono<JobOutcome> handle(Attempt attempt) {
    return Mono.defer(() -> handler.handle(attempt))
        .defaultIfEmpty(JobOutcome.completed())
        .onErrorResume(error -> Mono.just(outcome(attempt, error)))
        .subscribeOn(Schedulers.boundedElastic());
  }

  private static JobOutcome outcome(Attempt attempt, Throwable error) {
    if (error instanceof JobFailure failure) {
      return failure.outcome();
    }
    log.warn("job {}: the handler failed", attempt.job().id(), error);
    return JobOutcome.retry(
        new JobError(JobError.INTERNAL_ERROR, error.getClass().getSimpleName()));
  }

  private Mono<Job> record(Attempt attempt, JobOutcome outcome) {
    if (outcome instanceof JobOutcome.Failed failed) {
      Duration wait = failed.retryable() ? wait(attempt, failed.retryAfter()) : null;
      return leases.fail(attempt.claim(), failed.error(), wait, failed.hook());
    }
    if (outcome instanceof JobOutcome.Postponed postponed) {
      Duration wait = postponement(attempt.claim(), postponed.after());
      return leases.postpone(attempt.claim(), postponed.reason(), wait, postponed.hook());
    }
    JobOutcome.Completed completed = (JobOutcome.Completed) outcome;
    return attempt
        .flushProgress()
        .then(leases.complete(attempt.claim(), completed.resultReference(), completed.hook()));
  }

  private Mono<Job> record(Attempt attempt, Attempt.Stop stop) {
    return switch (stop) {
      case CANCELLED -> leases.cancelled(attempt.claim(), TransactionHook.NONE);
      case EXPIRED ->
          leases
              .expired(attempt.claim(), TransactionHook.NONE)
              // the claim is lost, or the database's clock was set back: then the job is given back
              .onErrorResume(LeaseLostException.class, early -> leases.release(attempt.claim()));
      case DRAINED -> leases.release(attempt.claim());
      case LOST -> Mono.empty();
    };
  }

  /** Writes until it is written or the lease can no longer be trusted; empty then. */
  private Mono<Job> persist(Attempt attempt, Mono<Job> write) {
    attempt.ending();
    return withRetries(attempt, write)
        .onErrorResume(error -> isPermanent(error) ? rejected(attempt, error) : Mono.empty())
        .takeUntilOther(attempt.whenLost())
        .onErrorResume(error -> Mono.empty());
  }

  private Mono<Job> withRetries(Attempt attempt, Mono<Job> write) {
    return write
        .timeout(leases.lease().dividedBy(3), scheduler)
        .retryWhen(
            Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(50))
                .maxBackoff(Duration.ofSeconds(1))
                .scheduler(scheduler)
                .filter(error -> attempt.isTrusted() && isTransient(error)));
  }

  /** A hook or a constraint refused the write: the attempt has failed after all. */
  private Mono<Job> rejected(Attempt attempt, Throwable error) {
    log.warn("job {}: its end could not be written", attempt.job().id(), error);
    JobError reason = new JobError(JobError.INTERNAL_ERROR, "the result could not be written");
    return withRetries(
        attempt, leases.fail(attempt.claim(), reason, wait(attempt, null), TransactionHook.NONE));
  }

  /**
   * Grows with the number of claims that did not count, so that an outage with a long queue does
   * not become a busy loop. Each claim raises the token and each attempt is a claim.
   */
  private Duration postponement(ClaimedJob claim, @Nullable Duration asked) {
    long uncounted = Math.max(0, claim.token() - claim.job().attempt());
    Duration grown = retry.delay((int) Math.min(uncounted + 1, 1000), ThreadLocalRandom.current());
    Duration wait = grown.compareTo(MOST_POSTPONED) > 0 ? MOST_POSTPONED : grown;
    return asked != null && asked.compareTo(wait) > 0 ? asked : wait;
  }

  private Duration wait(Attempt attempt, @Nullable Duration asked) {
    return asked != null
        ? asked
        : retry.delay(attempt.job().attempt(), ThreadLocalRandom.current());
  }

  private static boolean isReleased(Attempt attempt, Job job) {
    return job.attempt() < attempt.job().attempt();
  }

  private static boolean isPermanent(Throwable error) {
    return !(error instanceof LeaseLostException) && !isTransient(error);
  }

  private static boolean isTransient(Throwable error) {
    if (error instanceof R2dbcException) {
      return !(error instanceof R2dbcDataIntegrityViolationException)
          && !(error instanceof R2dbcBadGrammarException)
          && !(error instanceof R2dbcPermissionDeniedException);
    }
    return error instanceof IOException || error instanceof TimeoutException;
  }
}
