package org.omnimamba.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.NewJob;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** How a worker stops. */
public class WorkerDrainTest {
  private final WorkerFixture fixture = new WorkerFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aWorkerThatStoppedClaimingKeepsWhatItHas() {
    Sinks.One<JobOutcome> finish = Sinks.one();
    JobWorker worker = fixture.start("closing", context -> finish.asMono());
    Job running = fixture.submit(NewJob.of("closing", "a", "{}"));
    await().atMost(WorkerFixture.SOON).until(() -> worker.running() == 1);
    worker.stopClaiming();
    Job later = fixture.submit(NewJob.of("closing", "a", "{}"));
    finish.tryEmitValue(JobOutcome.completed());
    fixture.awaitStatus(running, JobStatus.COMPLETED);
    worker.drain().block(WorkerFixture.SOON);
    assertThat(fixture.get(later).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(worker.stats().claimed()).isEqualTo(1);
  }

  @Test
  void aDrainLetsJobsFinishWithinItsGrace() {
    Sinks.One<JobOutcome> finish = Sinks.one();
    JobWorker worker =
        fixture.start(
            fixture.queue,
            "grace",
            context -> finish.asMono(),
            WorkerFixture.hintsOnly().withGrace(WorkerFixture.SOON));
    Job running = fixture.submit(NewJob.of("grace", "a", "{}"));
    fixture.awaitStatus(running, JobStatus.IN_PROGRESS);
    Mono<Void> drained = worker.drain().cache();
    drained.subscribe();
    Job later = fixture.submit(NewJob.of("grace", "a", "{}"));
    finish.tryEmitValue(JobOutcome.completed());
    drained.block(WorkerFixture.SOON);
    assertThat(fixture.get(running).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(fixture.get(later).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(worker.running()).isZero();
  }

  @Test
  void aDrainGivesBackWhatDoesNotFinishAndBurnsNoAttempt() {
    JobWorker worker = fixture.start("drained", context -> Mono.never());
    Job job = fixture.submit(NewJob.of("drained", "a", "{}").maxAttempts(1));
    fixture.awaitStatus(job, JobStatus.IN_PROGRESS);
    worker.drain().block(WorkerFixture.SOON);
    assertThat(fixture.get(job).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(fixture.get(job).attempt()).isZero();
    assertThat(worker.stats().released()).isEqualTo(1);
  }
}
