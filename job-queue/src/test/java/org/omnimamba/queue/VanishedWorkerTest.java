package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.testing.TestDatabase;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** A machine that is switched off says no goodbye: its connections stay open at the server. */
class VanishedWorkerTest {
  private static final Duration LEASE = Duration.ofSeconds(1);

  private TestDatabase database;
  private JobQueue queue;
  private QueueMaintenance maintenance;

  @BeforeEach
  void open() {
    database = TestDatabase.create();
    queue =
        JobQueue.builder(database.pool(4)).options(QueueOptions.DEFAULTS.withLease(LEASE)).build();
    maintenance = new QueueMaintenance(queue, RetentionOptions.DEFAULTS);
  }

  @AfterEach
  void close() {
    maintenance.close();
    database.close();
  }

  @Test
  void aTransactionThatIsNeverEndedDoesNotKeepItsJob() throws InterruptedException {
    queue.submit(NewJob.of("k", "a", "{}").build()).block();
    ClaimedJob claim = queue.leases().claim("k", "gone", 1).block().get(0);
    CountDownLatch inside = new CountDownLatch(1);
    // the row is changed, and the next statement never comes
    Disposable gone =
        queue
            .leases()
            .complete(
                claim,
                null,
                (connection, job) -> Mono.fromRunnable(inside::countDown).then(Mono.never()))
            .subscribe(done -> {}, error -> {});
    try {
      assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
      database.advance(LEASE.multipliedBy(2));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> maintenance.reclaimLost().block(), count -> count == 1);
      ClaimedJob again = queue.leases().claim("k", "w", 1).block().get(0);
      assertThat(again.job().id()).isEqualTo(claim.job().id());
      assertThat(again.token()).isGreaterThan(claim.token());
    } finally {
      gone.dispose();
    }
  }
}
