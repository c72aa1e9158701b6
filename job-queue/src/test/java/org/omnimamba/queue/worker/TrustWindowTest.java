package org.omnimamba.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.JobLeases;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.JobTimes;
import org.omnimamba.queue.job.Progress;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A database that falls silent: nothing is answered, nothing fails, and the lease runs out. */
class TrustWindowTest {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration MARGIN = Duration.ofSeconds(3);

  /** How often a worker looks at its leases: a twentieth of the time between two heartbeats. */
  private static final Duration TICK = LEASE.dividedBy(60);

  private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
  private final JobLeases leases = JobQueue.builder(new Silent()).build().leases();
  private final WorkerCounters counters = new WorkerCounters();

  @Test
  void theHandlerIsCancelledBeforeTheDatabaseWouldGiveTheJobAway() throws Exception {
    ClaimedJob claim = claim();
    Attempt attempt =
        new Attempt(
            claim,
            clock.now(TimeUnit.NANOSECONDS) + LEASE.minus(MARGIN).toNanos(),
            new ProgressWriter(leases, claim, Duration.ZERO, clock),
            clock);
    Heartbeat heartbeat = new Heartbeat(leases, MARGIN, List.of(attempt), counters, clock);
    Disposable beating = heartbeat.start();
    CountDownLatch running = new CountDownLatch(1);
    AtomicBoolean cancelled = new AtomicBoolean();
    JobHandler handler =
        context ->
            Mono.<JobOutcome>never()
                .doOnSubscribe(s -> running.countDown())
                .doOnCancel(() -> cancelled.set(true));
    AtomicBoolean ended = new AtomicBoolean();
    new AttemptRunner(
            leases,
            handler,
            RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofSeconds(2)),
            counters,
            clock)
        .run(attempt)
        .subscribe(null, error -> {}, () -> ended.set(true));
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

    clock.advanceTimeBy(LEASE.minus(MARGIN).minusNanos(1));
    assertThat(attempt.isTrusted()).isTrue();
    assertThat(attempt.isStopped()).isFalse();
    assertThat(cancelled).isFalse();

    clock.advanceTimeBy(TICK);
    assertThat(attempt.isTrusted()).isFalse();
    // by then three seconds but one tick are left of the lease
    await().atMost(Duration.ofSeconds(30)).untilTrue(cancelled);
    await().atMost(Duration.ofSeconds(30)).untilTrue(ended);
    assertThat(counters.snapshot().lost()).isEqualTo(1);
    beating.dispose();
  }

  private static ClaimedJob claim() {
    Instant now = Instant.EPOCH;
    Job job =
        new Job(
            new UUID(0, 1),
            "k",
            "a",
            JobStatus.IN_PROGRESS,
            2,
            0,
            1,
            3,
            Progress.NONE,
            null,
            null,
            null,
            "{}",
            new JobTimes(now, now, now, now, null, null));
    return new ClaimedJob(job, "{}", 1, LEASE, null);
  }

  /** Takes every request for a connection and never answers. */
  private static final class Silent implements ConnectionFactory {
    @Override
    public Publisher<? extends Connection> create() {
      return Mono.never();
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
      return () -> "silent";
    }
  }
}
