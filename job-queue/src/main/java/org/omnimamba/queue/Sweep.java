package org.omnimamba.queue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.omnimamba.queue.job.Job;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Changes all jobs that a statement finds, batch by batch. Where hooks run, a batch is small, so
 * that its transaction is short; when one fails, the jobs that follow are taken one by one, and a
 * job that fails alone is set aside. So no job's hook holds up another job.
 */
final class Sweep {
  private static final Logger log = LoggerFactory.getLogger(Sweep.class);

  private static final int MOST_WITH_HOOKS = 20;

  /**
   * When so many fail in a row, nothing works at this moment, and the next sweep is early enough.
   */
  private static final int MOST_FAILURES = 50;

  private final Transitions transitions;
  private final int batch;
  private final Duration patience;
  private final Scheduler scheduler;
  private final SetAside setAside;
  private final LongAdder hookFailures = new LongAdder();

  /**
   * Nothing done yet.
   *
   * @param batch rows of one transaction at most
   * @param patience how long a transaction may take
   */
  Sweep(Transitions transitions, int batch, Duration patience, Scheduler scheduler) {
    this.transitions = transitions;
    this.batch = transitions.hasHooks() ? Math.min(batch, MOST_WITH_HOOKS) : batch;
    this.patience = patience;
    this.scheduler = scheduler;
    this.setAside = new SetAside(scheduler);
  }

  long hookFailures() {
    return hookFailures.sum();
  }

  int setAside() {
    return setAside.size();
  }

  /** What one transaction did: jobs changed, and whether the statement may find more. */
  private record Step(long changed, boolean mayFindMore) {}

  /**
   * Runs the statement until it finds no more, or nothing works.
   *
   * @param sql takes how many rows and which jobs to leave alone, returns {@link JobRow#COLUMNS}
   * @return how many jobs were changed
   */
  Mono<Long> end(String sql) {
    return Mono.defer(
        () -> {
          AtomicInteger most = new AtomicInteger(batch);
          AtomicInteger failures = new AtomicInteger();
          return Mono.defer(() -> step(sql, most, failures))
              .repeat()
              .takeUntil(step -> !step.mayFindMore())
              .reduce(0L, (sum, step) -> sum + step.changed());
        });
  }

  private Mono<Step> step(String sql, AtomicInteger most, AtomicInteger failures) {
    int asked = most.get();
    List<Job> touched = new CopyOnWriteArrayList<>();
    return transitions
        .many(touched::addAll, sql, asked, setAside.current())
        .timeout(patience, scheduler)
        .map(
            jobs -> {
              jobs.forEach(job -> setAside.succeeded(job.id()));
              failures.set(0);
              return new Step(jobs.size(), jobs.size() == asked);
            })
        .onErrorResume(
            error -> !touched.isEmpty(),
            error -> {
              most.set(1);
              if (touched.size() == 1) {
                setAside(touched.get(0), error);
                return Mono.just(new Step(0, failures.incrementAndGet() < MOST_FAILURES));
              }
              return Mono.just(new Step(0, true));
            });
  }

  private void setAside(Job job, Throwable error) {
    hookFailures.increment();
    setAside.failed(job.id());
    log.warn(
        "job {} ({}): its end as {} was not written, since its hook failed; trying again later: {}",
        job.id(),
        job.kind(),
        job.status().wireName(),
        String.valueOf(error));
  }
}
