package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.testing.TestDatabase;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Many jobs expire or are lost at once, and the hooks of some of them do not work. */
class HooksThatFailTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
  private final Set<UUID> failing = ConcurrentHashMap.newKeySet();
  private final Set<UUID> hanging = ConcurrentHashMap.newKeySet();
  private TestDatabase database;
  private WatchedConnections connections;
  private JobQueue queue;
  private QueueMaintenance maintenance;

  @BeforeEach
  void open() {
    database = TestDatabase.create();
    connections = new WatchedConnections(database.pool(4));
    database.execute("CREATE TABLE ended (job uuid)");
    queue = JobQueue.builder(connections).scheduler(clock).onTerminal("k", this::end).build();
    maintenance = new QueueMaintenance(queue, RetentionOptions.DEFAULTS);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Mono<Void> end(io.r2dbc.spi.Connection connection, Job job) {
    if (hanging.contains(job.id())) {
      return Mono.never();
    }
    return failing.contains(job.id())
        ? Mono.error(new IllegalStateException("the hook of one job"))
        : Statements.update(connection, "INSERT INTO ended VALUES ($1)", job.id()).then();
  }

  private List<Job> overdue(int count) {
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      NewJob job = NewJob.of("k", "a", "{}").deadline(Duration.ofSeconds(10)).build();
      jobs.add(((SubmitOutcome.Accepted) queue.submit(job).block()).job());
    }
    database.advance(Duration.ofSeconds(11));
    return jobs;
  }

  private long expired() {
    return database.number("SELECT count(*) FROM queue_job WHERE status = 'expired'");
  }

  @Test
  void aLargeExpiryIsManyShortTransactions() {
    overdue(100);
    connections.sent.clear();
    assertThat(maintenance.expireOverdue().block()).isEqualTo(100);
    assertThat(connections.count("BEGIN")).isBetween(5L, 10L);
    assertThat(database.number("SELECT count(*) FROM ended")).isEqualTo(100);
  }

  @Test
  void aHookThatFailsStopsNoOtherJob() {
    List<Job> jobs = overdue(45);
    failing.add(jobs.get(3).id());
    failing.add(jobs.get(44).id());
    assertThat(maintenance.expireOverdue().block()).isEqualTo(43);
    assertThat(expired()).isEqualTo(43);
    assertThat(maintenance.stats().hookFailures()).isEqualTo(2);
    assertThat(maintenance.stats().setAside()).isEqualTo(2);
    // left alone for a while
    assertThat(maintenance.expireOverdue().block()).isZero();
    assertThat(maintenance.stats().hookFailures()).isEqualTo(2);
    failing.clear();
    clock.advanceTimeBy(Duration.ofSeconds(11));
    assertThat(maintenance.expireOverdue().block()).isEqualTo(2);
    assertThat(database.number("SELECT count(*) FROM ended")).isEqualTo(45);
    assertThat(maintenance.stats()).isEqualTo(new MaintenanceStats(0, 45, 2, 0));
  }

  @Test
  void aLostJobWhoseHookFailsStopsNoOtherLostJob() {
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      NewJob job = NewJob.of("k", "a", "{}").maxAttempts(1).build();
      jobs.add(((SubmitOutcome.Accepted) queue.submit(job).block()).job());
    }
    queue.leases().claim("k", "lost", 5).block();
    failing.add(jobs.get(0).id());
    database.advance(Duration.ofSeconds(31));
    assertThat(maintenance.sweep().block()).isEqualTo(4);
    assertThat(queue.get("a", jobs.get(0).id()).block().status()).isEqualTo(JobStatus.IN_PROGRESS);
    failing.clear();
    clock.advanceTimeBy(Duration.ofSeconds(11));
    assertThat(maintenance.sweep().block()).isEqualTo(1);
    assertThat(queue.get("a", jobs.get(0).id()).block().status()).isEqualTo(JobStatus.FAILED);
  }

  @Test
  void aHookThatHangsStopsNoOtherJob() {
    List<Job> jobs = overdue(25);
    hanging.add(jobs.get(0).id());
    AtomicReference<Long> done = new AtomicReference<>();
    await()
        .atMost(SOON)
        .until(
            () -> {
              // a statement may be cut before it has found anything; the next sweep tries again
              maintenance.expireOverdue().onErrorReturn(0L).subscribe(done::set);
              // the limit of a transaction passes again and again
              await()
                  .atMost(SOON)
                  .until(
                      () -> {
                        clock.advanceTimeBy(Duration.ofSeconds(11));
                        return done.getAndSet(null) != null;
                      });
              return expired() == 24;
            });
    assertThat(queue.get("a", jobs.get(0).id()).block().status()).isEqualTo(JobStatus.QUEUED);
    assertThat(maintenance.stats().hookFailures()).isPositive();
  }
}
