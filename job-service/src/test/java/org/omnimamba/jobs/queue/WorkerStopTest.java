package org.omnimamba.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.job.NewJob;

/** A service that is told to stop while its worker is busy. */
class WorkerStopTest {
  @Test
  void theGracePeriodIsTheOnlySettingThatCounts() {
    try (TestService service =
        new TestService(
            "spring.lifecycle.timeout-per-shutdown-phase=1s", "omnimamba.shutdown.grace=4s")) {
      service.inference().answering(FakeInference.hanging());
      String id = Jobs.submitForId(service.client("grace"), Jobs.image("longer than a phase"));
      await().atMost(Jobs.PATIENCE).until(() -> service.inference().running() == 1);
      service.context().close();
      assertThat(
              service
                  .database()
                  .text("SELECT status || attempt FROM queue_job WHERE id = '" + id + "'"))
          .isEqualTo("queued0");
    }
  }

  @Test
  void nothingIsClaimedFromTheBeginningOfTheStopOn() throws Exception {
    try (TestService service =
        new TestService(
            "omnimamba.shutdown.grace=60s", "omnimamba.jobs.worker.idle-timeout=120s")) {
      service.inference().answering(FakeInference.hanging());
      String running = Jobs.submitForId(service.client("stop"), Jobs.image("runs on"));
      await().atMost(Jobs.PATIENCE).until(() -> service.inference().running() == 1);
      WorkerLifecycle worker = service.context().getBean("inferenceWorker", WorkerLifecycle.class);
      JobQueue queue = service.bean(JobQueue.class);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(service.context()::close);
      await().atMost(Jobs.PATIENCE).until(() -> !worker.isRunning());
      // the connections live for as long as a job runs
      queue.submit(NewJob.of("inference", "stop", "{}").build()).block(Jobs.PATIENCE);
      assertThat(stopped).isNotDone();
      queue.cancel("stop", java.util.UUID.fromString(running)).block(Jobs.PATIENCE);
      stopped.get(Jobs.PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
      assertThat(
              service
                  .database()
                  .text("SELECT string_agg(status || attempt, ' ' ORDER BY id) FROM queue_job"))
          .isEqualTo("cancelled1 queued0");
    }
  }
}
