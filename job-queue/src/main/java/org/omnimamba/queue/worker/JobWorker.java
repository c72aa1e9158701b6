package org.omnimamba.queue.worker;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.JobLeases;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.QueueSignal;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.log.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Claims jobs of one kind and runs a handler on them.
 *
 * <p>Looks for work when a hint says so, when a slot falls free, and at jittered intervals. Keeps
 * its leases by one heartbeat for all, a third of the lease apart; an attempt whose lease cannot be
 * trusted any more, or that another holder has taken, is cancelled and its result dropped.
 */
public final class JobWorker {
  private static final Logger log = LoggerFactory.getLogger(JobWorker.class);

  /** A claim by its job and fencing token: this worker may claim a job again that it has lost. */
  private record Key(UUID id, long token) {}

  private final JobLeases leases;
  private final Flux<QueueSignal> localSignals;
  private final String kind;
  private final WorkerOptions options;
  private final @Nullable QueueListener listener;
  private final AttemptRunner runner;
  private final Scheduler scheduler;
  private final WorkerCounters counters = new WorkerCounters();
  private final Map<Key, Attempt> running = new ConcurrentHashMap<>();
  private final Heartbeat heartbeat;
  private final Outage outage;
  private final AtomicInteger wakeUps = new AtomicInteger();
  private final AtomicBoolean soon = new AtomicBoolean();

  private final Disposable.Swap nextPoll = Disposables.swap();
  private final Disposable.Composite tasks = Disposables.composite(nextPoll);
  private final Sinks.Empty<Void> idle = Sinks.empty();
  private volatile boolean claiming;

  private volatile boolean draining;

  /**
   * A worker that has not been started.
   *
   * @param listener brings hints; without one, the worker only polls
   * @throws IllegalArgumentException when the margin leaves no time between heartbeats
   */
  public JobWorker(
      JobQueue queue,
      String kind,
      JobHandler handler,
      WorkerOptions options,
      @Nullable QueueListener listener) {
    this.leases = queue.leases();
    this.localSignals = queue.signals();
    this.scheduler = queue.scheduler();
    this.kind = kind;
    this.options = options;
    this.outage = new Outage(log, options.name() + ": claiming jobs of kind " + kind, scheduler);
    this.listener = listener;
    Duration lease = leases.lease();
    if (options.margin().compareTo(lease.dividedBy(2)) > 0) {
      throw new IllegalArgumentException(
          "a margin of " + options.margin() + " is more than half of the lease of " + lease);
    }
    this.runner = new AttemptRunner(leases, handler, options.retry(), counters, scheduler);
    this.heartbeat = new Heartbeat(leases, options.margin(), running.values(), counters, scheduler);
  }

  /** Begins to claim. May be called once. */
  public void start() {
    if (claiming || draining) {
      throw new IllegalStateException("the worker was started before");
    }
    claiming = true;
    tasks.add(heartbeat.start());
    tasks.add(localSignals.subscribe(this::onSignal));
    if (listener != null) {
      tasks.add(listener.signals().subscribe(this::onSignal));
    }
    poll();
  }

  /**
   * Stops claiming at once and for good; running jobs go on. A claim that is under way is given
   * back when its answer comes. The first step of a stop, which may come long before {@link
   * #drain}.
   */
  public void stopClaiming() {
    draining = true;
    claiming = false;
    signalIfIdle();
  }

  /**
   * Stops claiming, lets running jobs go on for the grace period, then gives back what still runs:
   * it waits in its old place and the attempt does not count. Completes when this worker holds
   * nothing any more.
   */
  public Mono<Void> drain() {
    return Mono.defer(
        () -> {
          stopClaiming();
          return idle.asMono()
              .timeout(
                  options.grace(),
                  Mono.defer(
                      () -> {
                        running.values().forEach(attempt -> attempt.stop(Attempt.Stop.DRAINED));
                        return idle.asMono();
                      }),
                  scheduler)
              .doFinally(signal -> tasks.dispose());
        });
  }

  /** How many jobs this worker holds. */
  public int running() {
    return running.size();
  }

  /** What it has done so far. */
  public WorkerStats stats() {
    return counters.snapshot();
  }

  /** Drops everything without a word to the database, as a killed process would. */
  void abandon() {
    claiming = false;
    draining = true;
    tasks.dispose();
    running.values().forEach(attempt -> attempt.stop(Attempt.Stop.LOST));
  }

  private void onSignal(QueueSignal signal) {
    if (signal instanceof QueueSignal.Ready ready && ready.kind().equals(kind)) {
      wake();
    } else if (signal instanceof QueueSignal.Connected) {
      wake();
    } else if (signal instanceof QueueSignal.CancelRequested cancel) {
      for (Attempt attempt : running.values()) {
        if (attempt.job().id().equals(cancel.id())) {
          attempt.stop(Attempt.Stop.CANCELLED);
        }
      }
    }
  }

  private void poll() {
    wake();
    if (claiming) {
      // anything from half the interval to one and a half, so that workers do not march in step
      long wait =
          (long)
              (options.pollInterval().toNanos() * (0.5 + ThreadLocalRandom.current().nextDouble()));
      nextPoll.update(scheduler.schedule(this::poll, wait, TimeUnit.NANOSECONDS));
    }
  }

  /** Looks for work, after the look that is under way if there is one. */
  private void wake() {
    if (wakeUps.getAndIncrement() == 0) {
      look(1);
    }
  }

  /**
   * Looks for work when a slot has fallen free: in a moment, since slots fall free in waves, and
   * one claim for all of them is cheaper than one for the first and one for the rest.
   */
  private void wakeSoon() {
    if (soon.compareAndSet(false, true)) {
      scheduler.schedule(
          () -> {
            soon.set(false);
            wake();
          },
          1,
          TimeUnit.MILLISECONDS);
    }
  }

  private void look(int seen) {
    int free = options.concurrency() - running.size();
    if (!claiming || free <= 0) {
      looked(seen, false);
      return;
    }
    long sent = scheduler.now(TimeUnit.NANOSECONDS);
    AtomicBoolean movedOn = new AtomicBoolean();
    // an answer that takes long is still welcome, but no reason not to ask again
    Disposable patience =
        scheduler.schedule(
            () -> {
              if (movedOn.compareAndSet(false, true)) {
                outage.failed("no answer yet");
                looked(seen, false);
              }
            },
            leases.lease().dividedBy(3).toNanos(),
            TimeUnit.NANOSECONDS);
    leases
        .claim(kind, options.name(), free)
        .doFinally(signal -> patience.dispose())
        .subscribe(
            claims -> {
              outage.succeeded();
              claims.forEach(claim -> beginSafely(claim, sent));
              if (movedOn.compareAndSet(false, true)) {
                looked(seen, !claims.isEmpty());
              }
            },
            error -> {
              outage.failed(String.valueOf(error));
              if (movedOn.compareAndSet(false, true)) {
                looked(seen, false);
              }
            });
  }

  private void looked(int seen, boolean again) {
    int left = wakeUps.addAndGet(-seen);
    if (left > 0) {
      scheduler.schedule(() -> look(left));
    } else if (again) {
      wake();
    } else {
      signalIfIdle();
    }
  }

  /** One claim that cannot begin must not keep the others of its batch from beginning. */
  private void beginSafely(ClaimedJob claim, long sent) {
    try {
      begin(claim, sent);
    } catch (RuntimeException e) {
      log.error("job {}: the attempt could not begin", claim.job().id(), e);
      // this costs an attempt: a job given back for nothing would be claimed again at once, for
      // ever
      JobError error = new JobError(JobError.INTERNAL_ERROR, e.getClass().getSimpleName());
      leases
          .fail(
              claim,
              error,
              options.retry().delay(claim.job().attempt(), ThreadLocalRandom.current()),
              TransactionHook.NONE)
          .subscribe(
              job -> {}, failed -> log.warn("job {}: not given back", claim.job().id(), failed));
    }
  }

  private void begin(ClaimedJob claim, long sent) {
    ProgressWriter progress =
        new ProgressWriter(leases, claim, options.progressInterval(), scheduler);
    Attempt attempt = new Attempt(claim, heartbeat.trustedUntil(sent), progress, scheduler);
    Key key = new Key(claim.job().id(), claim.token());
    running.put(key, attempt);
    counters.claimed.increment();
    if (!attempt.isTrusted()) {
      attempt.stop(Attempt.Stop.LOST);
    } else if (draining || running.size() > options.concurrency()) {
      // it came too late: another worker shall have it
      attempt.stop(Attempt.Stop.DRAINED);
    }
    runner
        .run(attempt)
        .doFinally(
            signal -> {
              running.remove(key);
              signalIfIdle();
              wakeSoon();
            })
        .subscribe(null, error -> log.error("job {}: the runner failed", claim.job().id(), error));
  }

  private void signalIfIdle() {
    if (draining && running.isEmpty() && wakeUps.get() == 0) {
      idle.tryEmitEmpty();
    }
  }
}
