package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.r2dbc.pool.PoolMetrics;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.JobFilter;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.testing.QueueFixture;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class CancelledSubscriptionsTest {
  private static final int STORM = 1000;
  private static final int CONNECTIONS = 6;

  private static QueueFixture fixture;

  @BeforeAll
  static void open() {
    fixture = new QueueFixture(CONNECTIONS, Map.of());
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  private static Mono<?> call(int choice, UUID id) {
    JobQueue queue = fixture.queue;
    NewJob job = NewJob.of("storm", "a", "{}").build();
    return switch (choice % 7) {
      case 0 -> queue.submit(job);
      case 1 -> queue.submit(job, (connection, accepted) -> Mono.empty());
      case 2 -> queue.get("a", id);
      case 3 -> queue.cancel("a", id);
      case 4 -> fixture.leases.claim("storm", "w", 2);
      case 5 -> queue.list("a", new JobFilter("storm", null, null, 10));
      default -> queue.delete("a", id);
    };
  }

  @Test
  void aStormOfCancelledCallsLeavesNothingAcquired() throws InterruptedException {
    UUID id = fixture.submit(NewJob.of("storm", "a", "{}")).id();
    Random random = new Random(42);
    CountDownLatch cancelled = new CountDownLatch(STORM);
    for (int i = 0; i < STORM; i++) {
      Disposable running = call(i, id).subscribe(value -> {}, error -> {});
      // some at once, while they wait for a connection; others in the middle of their statements
      Schedulers.parallel()
          .schedule(
              () -> {
                running.dispose();
                cancelled.countDown();
              },
              random.nextInt(200),
              java.util.concurrent.TimeUnit.MILLISECONDS);
    }
    cancelled.await();
    PoolMetrics metrics = fixture.pool.getMetrics().orElseThrow();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              assertThat(metrics.acquiredSize()).isZero();
              assertThat(metrics.pendingAcquireSize()).isZero();
            });
    assertThat(
            fixture.database.number(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND state LIKE 'idle in transaction%'"))
        .isZero();

    // and every connection of the pool still works, in and out of transactions
    Long accepted =
        Flux.range(0, 100)
            .flatMap(
                n -> {
                  NewJob job = NewJob.of("after", "a", "{}").build();
                  return ThreadLocalRandom.current().nextBoolean()
                      ? fixture.queue.submit(job)
                      : fixture.queue.submit(job, (connection, done) -> Mono.empty());
                },
                CONNECTIONS)
            .count()
            .block(Duration.ofSeconds(60));
    assertThat(accepted).isEqualTo(100);
    assertThat(fixture.queue.depth("after").block().queued()).isEqualTo(100);
  }
}
