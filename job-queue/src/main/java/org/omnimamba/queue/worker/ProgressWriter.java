package org.omnimamba.queue.worker;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.JobLeases;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.LeaseLostException;
import org.omnimamba.queue.job.Progress;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Writes one attempt's progress: spaced out, one write at a time, the latest value winning. */
final class ProgressWriter {
  private final JobLeases leases;
  private final ClaimedJob claim;
  private final Duration interval;
  private final Scheduler scheduler;
  private @Nullable Progress pending;
  private @Nullable Attempt attempt;
  private boolean busy;

  /** The write under way, or the last one: no later one may overtake it on another connection. */
  private Mono<Void> latest = Mono.empty();

  ProgressWriter(JobLeases leases, ClaimedJob claim, Duration interval, Scheduler scheduler) {
    this.leases = leases;
    this.claim = claim;
    this.interval = interval;
    this.scheduler = scheduler;
  }

  synchronized void attach(Attempt owner) {
    attempt = owner;
  }

  void offer(Progress progress) {
    synchronized (this) {
      pending = progress;
      if (busy) {
        return;
      }
      busy = true;
    }
    writePending();
  }

  /**
   * Writes what is pending, after the write under way: the end of the attempt must come after both,
   * since a progress that finds the claim gone would pass for a lost lease.
   */
  Mono<Void> flush() {
    return Mono.defer(
        () -> {
          Progress last = take();
          return last == null ? underWay() : underWay().then(write(last));
        });
  }

  private synchronized Mono<Void> underWay() {
    return latest;
  }

  private synchronized @Nullable Progress take() {
    Progress last = pending;
    pending = null;
    return last;
  }

  private void writePending() {
    Mono<Void> write;
    synchronized (this) {
      Progress next = pending;
      pending = null;
      if (next == null) {
        busy = false;
        return;
      }
      write = write(next).cache();
      latest = write;
    }
    write.subscribe(
        null,
        null,
        () -> scheduler.schedule(this::writePending, interval.toMillis(), TimeUnit.MILLISECONDS));
  }

  private Mono<Void> write(Progress progress) {
    return leases
        .progress(claim, progress)
        // the end waits for this, and must still have time within its own limit
        .timeout(leases.lease().dividedBy(6), scheduler)
        .doOnNext(
            job -> {
              if (job.status() == JobStatus.CANCELLING) {
                stop(Attempt.Stop.CANCELLED);
              }
            })
        .doOnError(LeaseLostException.class, error -> missed())
        // a progress that cannot be written is no reason to fail: the next one, or the end, will be
        .onErrorComplete()
        .then();
  }

  private void stop(Attempt.Stop reason) {
    Attempt owner = owner();
    if (owner != null) {
      owner.stop(reason);
    }
  }

  private void missed() {
    Attempt owner = owner();
    if (owner != null) {
      owner.missed();
    }
  }

  private synchronized @Nullable Attempt owner() {
    return attempt;
  }
}
