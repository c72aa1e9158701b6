package org.omnimamba.queue;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What nobody else does: takes jobs back from lost workers, expires jobs whose deadline passed,
 * clears away what is old, and makes the partitions for the days to come.
 *
 * <p>Every process may run one; they share the work and do not disturb each other. Terminal hooks
 * run for the jobs that end here.
 */
public final class QueueMaintenance implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueueMaintenance.class);
  private static final int DAYS_AHEAD = 4;
  private static final Duration SHORTEST_PATIENCE = Duration.ofSeconds(10);

  private final Db db;
  private final Transitions transitions;
  private final RetentionOptions options;
  private final RandomGenerator random = Jitter.RANDOM;
  private final Disposable.Composite tasks = Disposables.composite();

  /** Maintenance that has not been started. */
  public QueueMaintenance(JobQueue queue, RetentionOptions options) {
    this.db = queue.db();
    this.transitions = queue.transitions();
    this.options = options;
  }

  /** Begins to look at intervals. */
  public void start() {
    repeat(Disposables.swap(), options.sweepInterval(), () -> sweep().then());
    repeat(Disposables.swap(), options.cleanInterval(), () -> clean().then());
  }

  @Override
  public void close() {
    tasks.dispose();
  }

  /** Takes back lost jobs and expires overdue ones; says how many there were. */
  public Mono<Long> sweep() {
    return reclaimLost().zipWith(expireOverdue(), Long::sum);
  }

  /**
   * Takes back the jobs whose lease has run out. Each waits again in its old place, unless it was
   * to be cancelled, its deadline has passed, or no attempt is left.
   */
  public Mono<Long> reclaimLost() {
    return inBatches(
        transitions
            .many(MaintenanceSql.RECLAIM, options.batch())
            .doOnNext(
                jobs -> {
                  if (!jobs.isEmpty()) {
                    log.info("took back {} jobs whose lease had run out", jobs.size());
                  }
                })
            .map(jobs -> (long) jobs.size()));
  }

  /** Expires the waiting jobs whose deadline has passed. */
  public Mono<Long> expireOverdue() {
    return inBatches(
        transitions.many(MaintenanceSql.EXPIRE, options.batch()).map(jobs -> (long) jobs.size()));
  }

  /**
   * Deletes old jobs and results and makes the partitions ahead; says how many rows went. All of it
   * is tried, whatever fails: a table that somebody reads for long must not keep old rows.
   */
  public Mono<Long> clean() {
    int days = (int) Math.min(36_500, options.results().plusDays(1).minusNanos(1).toDays());
    Mono<Long> jobs =
        inBatches(
            db.update(
                MaintenanceSql.deleteFinished(options.keepIf()),
                options.jobs().toMillis(),
                options.batch()));
    Mono<Long> strays =
        inBatches(db.update(MaintenanceSql.DELETE_STRAY_RESULTS, days, options.batch()));
    Mono<Long> add =
        db.query(row -> Boolean.TRUE, MaintenanceSql.ADD_RESULT_DAYS, DAYS_AHEAD)
            .then(Mono.empty());
    Mono<Long> drop =
        db.query(row -> Boolean.TRUE, MaintenanceSql.DROP_RESULT_DAYS, days).then(Mono.empty());
    return Flux.concatDelayError(add, drop, jobs, strays).reduce(0L, Long::sum);
  }

  /** Repeats a batch until one is not full. */
  private Mono<Long> inBatches(Mono<Long> batch) {
    return batch.repeat().takeUntil(count -> count < options.batch()).reduce(0L, Long::sum);
  }

  private void repeat(Disposable.Swap next, Duration interval, Supplier<Mono<Void>> work) {
    tasks.add(next);
    Duration twice = interval.multipliedBy(2);
    Duration patience = twice.compareTo(SHORTEST_PATIENCE) > 0 ? twice : SHORTEST_PATIENCE;
    look(next, interval, work, patience);
  }

  private void look(
      Disposable.Swap next, Duration interval, Supplier<Mono<Void>> work, Duration patience) {
    Mono<Void> once =
        work.get()
            .timeout(patience)
            .onErrorResume(
                error -> {
                  log.warn(
                      "maintenance failed and will be tried again: {}",
                      Exceptions.unwrapMultiple(error));
                  return Mono.empty();
                });
    long wait = (long) (interval.toNanos() * (0.75 + random.nextDouble() / 2));
    next.update(
        once.then(Mono.delay(Duration.ofNanos(wait)))
            .subscribe(waited -> look(next, interval, work, patience)));
  }
}
