package org.omnimamba.queue.worker;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.omnimamba.queue.JobLeases;
import org.omnimamba.queue.log.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Renews the leases of all attempts of one worker, and ends those that may not go on: lost, asked
 * to stop, past their deadline, or no longer trusted.
 */
final class Heartbeat {
  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);

  private final JobLeases leases;
  private final long trustNanos;
  private final long periodNanos;
  private final Collection<Attempt> attempts;
  private final WorkerCounters counters;
  private final Scheduler scheduler;
  private final Outage outage;
  private volatile long lastBeat;
  private volatile boolean beating;

  Heartbeat(
      JobLeases leases,
      Duration margin,
      Collection<Attempt> attempts,
      WorkerCounters counters,
      Scheduler scheduler) {
    this.leases = leases;
    this.trustNanos = leases.lease().minus(margin).toNanos();
    this.periodNanos = leases.lease().dividedBy(3).toNanos();
    this.attempts = attempts;
    this.counters = counters;
    this.scheduler = scheduler;
    this.outage = new Outage(log, "renewing the leases of running jobs", scheduler);
    this.lastBeat = now();
  }

  /** Until when a lease may be trusted that was asked for at that reading of the clock. */
  long trustedUntil(long sent) {
    return sent + trustNanos;
  }

  Disposable start() {
    long tick = Math.max(TimeUnit.MILLISECONDS.toNanos(20), periodNanos / 20);
    return scheduler.schedulePeriodically(this::tick, tick, tick, TimeUnit.NANOSECONDS);
  }

  private void tick() {
    for (Attempt attempt : attempts) {
      if (!attempt.isTrusted()) {
        attempt.stop(Attempt.Stop.LOST);
      } else if (attempt.isOverdue()) {
        attempt.stop(Attempt.Stop.EXPIRED);
      }
    }
    if (!beating && now() - lastBeat >= periodNanos) {
      beat();
    }
  }

  private void beat() {
    List<Attempt> held = List.copyOf(attempts);
    long sent = now();
    if (held.isEmpty()) {
      lastBeat = sent;
      return;
    }
    beating = true;
    leases
        .heartbeat(held.stream().map(Attempt::claim).toList())
        .timeout(Duration.ofNanos(periodNanos), scheduler)
        .doFinally(signal -> beating = false)
        .subscribe(
            answer -> {
              lastBeat = sent;
              outage.succeeded();
              counters.heartbeats.increment();
              renew(held, answer, sent);
            },
            // lastBeat stays, so the next tick tries again
            error -> outage.failed(String.valueOf(error)));
  }

  private void renew(List<Attempt> held, List<JobLeases.HeldLease> answer, long sent) {
    Map<UUID, JobLeases.HeldLease> byId = new HashMap<>();
    answer.forEach(lease -> byId.put(lease.id(), lease));
    for (Attempt attempt : held) {
      JobLeases.HeldLease lease = byId.get(attempt.job().id());
      if (lease == null || lease.token() != attempt.claim().token()) {
        attempt.missed();
        continue;
      }
      attempt.trustUntil(trustedUntil(sent));
      if (lease.cancelRequested()) {
        attempt.stop(Attempt.Stop.CANCELLED);
      }
    }
  }

  private long now() {
    return scheduler.now(TimeUnit.NANOSECONDS);
  }
}
