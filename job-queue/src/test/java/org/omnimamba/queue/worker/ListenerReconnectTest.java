package org.omnimamba.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.NewJob;
import reactor.core.publisher.Mono;

/** A listener whose connection is lost connects again, and hints go on. */
class ListenerReconnectTest {
  private final WorkerFixture fixture = new WorkerFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void theListenerConnectsAgainAndCountsIt() {
    long before = fixture.listener.reconnects();
    fixture.database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')");
    await()
        .atMost(WorkerFixture.SOON)
        .untilAsserted(() -> assertThat(fixture.listener.reconnects()).isGreaterThan(before));
    fixture.start("after", context -> Mono.empty());
    fixture.awaitStatus(fixture.submit(NewJob.of("after", "a", "{}")), JobStatus.COMPLETED);
  }
}
