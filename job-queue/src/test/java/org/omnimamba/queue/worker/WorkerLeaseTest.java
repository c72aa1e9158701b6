package org.omnimamba.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.CancelOutcome;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.NewJob;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A worker stops an attempt that was cancelled, is overdue or lost its lease, and keeps all others.
 */
public class WorkerLeaseTest {
  private final WorkerFixture fixture = new WorkerFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aRunningJobIsCancelledByHint() {
    AtomicBoolean cancelled = new AtomicBoolean();
    Sinks.Empty<Void> started = Sinks.empty();
    fixture.start(
        "cancelled",
        context -> {
          started.tryEmitEmpty();
          return Mono.<JobOutcome>never().doOnCancel(() -> cancelled.set(true));
        });
    Job job = fixture.submit(NewJob.of("cancelled", "a", "{}"));
    started.asMono().block(WorkerFixture.SOON);
    assertThat(fixture.queue.cancel("a", job.id()).block())
        .isInstanceOf(CancelOutcome.Cancelling.class);
    fixture.awaitStatus(job, JobStatus.CANCELLED);
    assertThat(cancelled).isTrue();
  }

  @Test
  void aJobIsStoppedAtItsDeadline() {
    JobWorker worker =
        fixture.start(
            fixture.timed(), "overdue", context -> Mono.never(), WorkerFixture.hintsOnly());
    Job job = fixture.submit(NewJob.of("overdue", "a", "{}").deadline(Duration.ofSeconds(20)));
    await().atMost(WorkerFixture.SOON).until(() -> worker.running() == 1);
    fixture.pass(Duration.ofSeconds(21));
    fixture.awaitStatus(job, JobStatus.EXPIRED);
    assertThat(fixture.get(job).error().code()).isEqualTo(JobError.DEADLINE_EXCEEDED);
  }

  @Test
  void aJobWhoseDeadlineIsNotReachedByTheDatabasesClockIsGivenBack() {
    JobWorker worker =
        fixture.start(fixture.timed(), "early", context -> Mono.never(), WorkerFixture.hintsOnly());
    Job job =
        fixture.submit(
            NewJob.of("early", "a", "{}").maxAttempts(1).deadline(Duration.ofSeconds(20)));
    await().atMost(WorkerFixture.SOON).until(() -> worker.running() == 1);
    worker.stopClaiming();
    fixture.clock.advanceTimeBy(Duration.ofSeconds(21));
    fixture.awaitStatus(job, JobStatus.QUEUED);
    assertThat(fixture.get(job).attempt()).isZero();
  }

  @Test
  void aWorkerThatLostItsLeaseStopsAndDropsItsResult() {
    Sinks.Empty<Void> started = Sinks.empty();
    AtomicBoolean stopped = new AtomicBoolean();
    JobWorker first =
        fixture.start(
            fixture.timed(),
            "lost",
            context -> {
              started.tryEmitEmpty();
              return Mono.<JobOutcome>never().doOnCancel(() -> stopped.set(true));
            },
            WorkerFixture.hintsOnly());
    Job job = fixture.submit(NewJob.of("lost", "a", "{}"));
    started.asMono().block(WorkerFixture.SOON);
    // as if somebody else had taken the job: the token has moved on
    fixture.database.execute(
        "UPDATE queue_job SET token = token + 1 WHERE id = '" + job.id() + "'");
    // a heartbeat comes each third of the lease of 30 s
    fixture.pass(Duration.ofSeconds(11));
    await()
        .atMost(WorkerFixture.SOON)
        .untilAsserted(() -> assertThat(first.stats().lost()).isEqualTo(1));
    assertThat(stopped).isTrue();
    assertThat(first.running()).isZero();
    assertThat(fixture.get(job).status()).isEqualTo(JobStatus.IN_PROGRESS);
  }

  @Test
  void heartbeatsKeepAJobForLongerThanItsLease() {
    Sinks.One<JobOutcome> finish = Sinks.one();
    JobWorker worker =
        fixture.start(
            fixture.timed(), "long", context -> finish.asMono(), WorkerFixture.hintsOnly());
    Job job = fixture.submit(NewJob.of("long", "a", "{}"));
    await().atMost(WorkerFixture.SOON).until(() -> worker.running() == 1);
    // a heartbeat each third of the lease of 30 s, and one more tick, which is a sixtieth of it
    for (int beat = 1; beat <= 6; beat++) {
      int beats = beat;
      fixture.pass(Duration.ofMillis(10_500));
      await().atMost(WorkerFixture.SOON).until(() -> worker.stats().heartbeats() >= beats);
      assertThat(fixture.maintenance.reclaimLost().block()).isZero();
    }
    finish.tryEmitValue(JobOutcome.completed());
    fixture.awaitStatus(job, JobStatus.COMPLETED);
    assertThat(fixture.get(job).attempt()).isEqualTo(1);
  }

  @Test
  void aDeadWorkersJobIsTakenBackAndDoneByAnother() {
    Sinks.Empty<Void> started = Sinks.empty();
    JobWorker dead =
        fixture.start(
            "crash",
            context -> {
              started.tryEmitEmpty();
              return Mono.never();
            });
    Job job = fixture.submit(NewJob.of("crash", "a", "{}").maxAttempts(2));
    started.asMono().block(WorkerFixture.SOON);
    dead.abandon();
    assertThat(fixture.maintenance.reclaimLost().block()).isZero();
    fixture.database.advance(Duration.ofSeconds(31));
    assertThat(fixture.maintenance.reclaimLost().block()).isEqualTo(1);
    assertThat(fixture.get(job).error().code()).isEqualTo(JobError.WORKER_LOST);
    fixture.start("crash", context -> Mono.empty());
    fixture.awaitStatus(job, JobStatus.COMPLETED);
    assertThat(fixture.get(job).attempt()).isEqualTo(2);
  }
}
