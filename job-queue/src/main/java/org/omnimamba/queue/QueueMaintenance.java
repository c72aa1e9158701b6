package org.omnimamba.queue;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.omnimamba.queue.log.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Takes jobs back from lost workers, expires jobs whose deadline has passed, deletes what is old,
 * and creates the partitions for the next days.
 *
 * <p>Every process may run one; they share the work and do not disturb each other. Terminal hooks
 * run for the jobs that end here.
 */
public final class QueueMaintenance implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueueMaintenance.class);
  private static final int DAYS_AHEAD = 4;
  private static final Duration SHORTEST_PATIENCE = Duration.ofSeconds(10);

  private final Db db;
  private final RetentionOptions options;
  private final Scheduler scheduler;
  private final Sweep sweep;
  private final ClockWatch clock;
  private final Disposable.Composite tasks = Disposables.composite();
  private final LongAdder reclaimed = new LongAdder();
  private final LongAdder expired = new LongAdder();

  /** Maintenance that has not been started. */
  public QueueMaintenance(JobQueue queue, RetentionOptions options) {
    this.db = queue.db();
    this.options = options;
    this.scheduler = queue.scheduler();
    this.sweep =
        new Sweep(
            queue.transitions(), options.batch(), patience(options.sweepInterval()), scheduler);
    this.clock = new ClockWatch(db, queue.options().lease(), scheduler);
  }

  /** Begins to look at intervals. */
  public void start() {
    repeat("the sweep of the queue", options.sweepInterval(), this::sweep);
    repeat("the cleaning of the queue", options.cleanInterval(), this::clean);
  }

  @Override
  public void close() {
    tasks.dispose();
  }

  /** What was done so far, and what could not be done. */
  public MaintenanceStats stats() {
    return new MaintenanceStats(
        reclaimed.sum(), expired.sum(), sweep.hookFailures(), sweep.setAside());
  }

  /**
   * Takes back lost jobs and expires overdue ones; says how many there were. Before, it makes good
   * what a database's clock that was set back would do to jobs that wait. All of it is tried,
   * whatever fails.
   */
  public Mono<Long> sweep() {
    Mono<Long> mended =
        clock
            .mendIfSetBack()
            .timeout(patience(options.sweepInterval()), scheduler)
            .then(Mono.empty());
    return Flux.concatDelayError(mended, reclaimLost(), expireOverdue()).reduce(0L, Long::sum);
  }

  /**
   * Takes back the jobs whose lease has run out. Each waits again in its old place, unless it was
   * to be cancelled, its deadline has passed, or no attempt is left.
   *
   * <p>Where jobs have terminal hooks, a few share a transaction; when one fails, each job is taken
   * by itself, and one whose hook fails is left alone for a while, longer each time. {@link #stats}
   * counts these.
   */
  public Mono<Long> reclaimLost() {
    return sweep
        .end(MaintenanceSql.RECLAIM)
        .doOnNext(
            jobs -> {
              reclaimed.add(jobs);
              if (jobs > 0) {
                log.info("took back {} jobs whose lease had run out", jobs);
              }
            });
  }

  /** Expires the waiting jobs whose deadline has passed, in the same way. */
  public Mono<Long> expireOverdue() {
    return sweep.end(MaintenanceSql.EXPIRE).doOnNext(expired::add);
  }

  /**
   * Deletes old jobs and results and makes the partitions ahead; says how many rows went. All of it
   * is tried, whatever fails: a long read of one table must not keep old rows in the others.
   */
  public Mono<Long> clean() {
    int days = (int) Math.min(36_500, options.results().plusDays(1).minusNanos(1).toDays());
    Duration patience = patience(options.cleanInterval());
    Mono<Long> jobs =
        inBatches(
            db.update(
                    MaintenanceSql.deleteFinished(options.keepIf()),
                    options.jobs().toMillis(),
                    options.batch())
                .timeout(patience, scheduler));
    Mono<Long> strays =
        inBatches(
            db.update(MaintenanceSql.DELETE_STRAY_RESULTS, days, options.batch())
                .timeout(patience, scheduler));
    Mono<Long> add =
        db.query(row -> Boolean.TRUE, MaintenanceSql.ADD_RESULT_DAYS, DAYS_AHEAD)
            .then()
            .timeout(patience, scheduler)
            .then(Mono.empty());
    Mono<Long> drop =
        db.query(row -> Boolean.TRUE, MaintenanceSql.DROP_RESULT_DAYS, days)
            .then()
            .timeout(patience, scheduler)
            .then(Mono.empty());
    return Flux.concatDelayError(add, drop, jobs, strays).reduce(0L, Long::sum);
  }

  /** How long one statement or transaction may take. */
  private static Duration patience(Duration interval) {
    Duration twice = interval.multipliedBy(2);
    return twice.compareTo(SHORTEST_PATIENCE) > 0 ? twice : SHORTEST_PATIENCE;
  }

  /** Repeats a batch until one is not full. */
  private Mono<Long> inBatches(Mono<Long> batch) {
    return batch.repeat().takeUntil(count -> count < options.batch()).reduce(0L, Long::sum);
  }

  private void repeat(String name, Duration interval, Supplier<Mono<Long>> work) {
    Disposable.Swap next = Disposables.swap();
    tasks.add(next);
    Outage outage = new Outage(log, name, scheduler);
    look(
        next,
        interval,
        () ->
            work.get()
                .doOnSuccess(done -> outage.succeeded())
                .doOnError(error -> outage.failed(Exceptions.unwrapMultiple(error).toString()))
                .onErrorComplete()
                .then());
  }

  private void look(Disposable.Swap next, Duration interval, Supplier<Mono<Void>> work) {
    long wait = (long) (interval.toNanos() * (0.75 + ThreadLocalRandom.current().nextDouble() / 2));
    next.update(
        work.get()
            .then(Mono.delay(Duration.ofNanos(wait), scheduler))
            .subscribe(waited -> look(next, interval, work)));
  }
}
