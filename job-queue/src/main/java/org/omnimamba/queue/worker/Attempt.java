package org.omnimamba.queue.worker;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Progress;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * One claim while this worker holds it: until when it may be trusted, and whether it should stop.
 * Times are readings of the worker's monotonic clock, compared with each other only.
 */
final class Attempt implements JobContext {

  /** Why an attempt should end before its handler does. */
  enum Stop {
    CANCELLED,
    EXPIRED,
    DRAINED,
    LOST
  }

  /** A deadline further away is none for an attempt; a clock of nanoseconds ends at 292 years. */
  private static final Duration FURTHEST = Duration.ofDays(36_500);

  private final ClaimedJob claim;
  private final ProgressWriter progress;
  private final Scheduler clock;
  private final long deadlineNanos;
  private final boolean hasDeadline;
  private volatile long trustedUntilNanos;
  private volatile @Nullable Stop stopped;
  private volatile boolean ending;
  private final Sinks.One<Stop> stop = Sinks.one();
  private final Sinks.Empty<Void> lost = Sinks.empty();

  Attempt(ClaimedJob claim, long trustedUntilNanos, ProgressWriter progress, Scheduler clock) {
    this.claim = claim;
    this.trustedUntilNanos = trustedUntilNanos;
    this.progress = progress;
    this.clock = clock;
    Duration left = claim.timeLeft();
    this.hasDeadline = left != null && left.compareTo(FURTHEST) < 0;
    // a little after the database's moment, so that its clock agrees when it is asked
    this.deadlineNanos =
        left == null || !hasDeadline ? 0 : nanoTime() + left.plus(Duration.ofMillis(20)).toNanos();
    progress.attach(this);
  }

  @Override
  public ClaimedJob claim() {
    return claim;
  }

  @Override
  public void progress(Progress value) {
    progress.offer(value);
  }

  @Override
  public boolean isStopped() {
    return stopped != null;
  }

  /** Writes progress that has been reported and not written yet. */
  Mono<Void> flushProgress() {
    return progress.flush();
  }

  /** The lease was renewed by a request sent at the reading that this follows from. */
  void trustUntil(long nanos) {
    trustedUntilNanos = nanos;
  }

  /**
   * From now on the end is being written, and that write will tell whether the claim still held.
   */
  void ending() {
    ending = true;
  }

  /**
   * A heartbeat or a progress did not find the claim. It may just have been ended by this worker's
   * own write.
   */
  void missed() {
    if (!ending) {
      stop(Stop.LOST);
    }
  }

  boolean isTrusted() {
    return stopped != Stop.LOST && nanoTime() - trustedUntilNanos < 0;
  }

  boolean isOverdue() {
    return hasDeadline && nanoTime() - deadlineNanos >= 0;
  }

  /** Asks the attempt to end. The first reason counts, except that a lost lease overrides all. */
  void stop(Stop reason) {
    synchronized (this) {
      if (stopped == null || reason == Stop.LOST) {
        stopped = reason;
      }
    }
    stop.tryEmitValue(reason);
    if (reason == Stop.LOST) {
      lost.tryEmitEmpty();
    }
  }

  /** The reason to end, once there is one. */
  Mono<Stop> whenStopped() {
    return stop.asMono();
  }

  /** Completes when the lease is lost, at once if it is already. */
  Mono<Void> whenLost() {
    return lost.asMono();
  }

  private long nanoTime() {
    return clock.now(TimeUnit.NANOSECONDS);
  }
}
