package org.omnimamba.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.JobTimes;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.Progress;
import org.omnimamba.queue.job.TransactionHook;
import reactor.core.publisher.Mono;

/** What a worker does with a job, and what becomes of it by the outcome of its handler. */
public class JobWorkerTest {
  private final WorkerFixture fixture = new WorkerFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aHintBringsTheJobAndTheHookCommitsWithItsEnd() {
    fixture.database.execute("CREATE TABLE done (job uuid)");
    JobWorker worker =
        fixture.start(
            "simple",
            context ->
                Mono.just(
                    JobOutcome.completed(
                        "ref:" + context.payload(),
                        (connection, job) ->
                            Statements.update(connection, "INSERT INTO done VALUES ($1)", job.id())
                                .then())));
    Job job = fixture.submit(NewJob.of("simple", "a", "{}"));
    fixture.awaitStatus(job, JobStatus.COMPLETED);
    assertThat(fixture.get(job).resultReference()).isEqualTo("ref:{}");
    assertThat(fixture.database.number("SELECT count(*) FROM done WHERE job = '" + job.id() + "'"))
        .isEqualTo(1);
    await()
        .atMost(WorkerFixture.SOON)
        .untilAsserted(() -> assertThat(worker.stats().completed()).isEqualTo(1));
  }

  @Test
  void pollingAloneFindsWork() {
    // its hint is over before the worker starts, and the poll at the start comes too early for it
    Job job = fixture.submit(NewJob.of("polled", "a", "{}").delay(Duration.ofMinutes(30)));
    WorkerOptions options = WorkerFixture.hintsOnly().withPollInterval(Duration.ofSeconds(10));
    JobWorker worker =
        fixture.start(
            new JobWorker(fixture.timed(), "polled", context -> Mono.empty(), options, null));
    assertThat(worker.stats().claimed()).isZero();
    fixture.database.advance(Duration.ofMinutes(31));
    // half the interval to one and a half pass between two polls
    fixture.clock.advanceTimeBy(Duration.ofSeconds(15));
    fixture.awaitStatus(job, JobStatus.COMPLETED);
  }

  @Test
  void errorsAreRetriedAndTypedFailuresDecideThemselves() {
    AtomicInteger calls = new AtomicInteger();
    fixture.start(
        "failing",
        context -> {
          calls.incrementAndGet();
          return switch (context.payload()) {
            case "throw" -> throw new IllegalStateException("secret");
            case "permanent" -> Mono.error(JobFailure.permanent("bad_request", "no"));
            default -> Mono.error(JobFailure.retryable("busy", "later", Duration.ZERO));
          };
        });
    Job thrown = fixture.submit(NewJob.of("failing", "a", "throw").maxAttempts(1));
    fixture.awaitStatus(thrown, JobStatus.FAILED);
    assertThat(fixture.get(thrown).error())
        .isEqualTo(new JobError(JobError.INTERNAL_ERROR, "IllegalStateException"));

    Job permanent = fixture.submit(NewJob.of("failing", "a", "permanent").maxAttempts(3));
    fixture.awaitStatus(permanent, JobStatus.FAILED);
    assertThat(fixture.get(permanent).attempt()).isEqualTo(1);

    Job busy = fixture.submit(NewJob.of("failing", "a", "busy").maxAttempts(3));
    fixture.awaitStatus(busy, JobStatus.FAILED);
    assertThat(fixture.get(busy).attempt()).isEqualTo(3);
    assertThat(calls.get()).isEqualTo(5);
  }

  @Test
  void attemptsThatCannotBeginDoNotCount() {
    AtomicInteger calls = new AtomicInteger();
    JobWorker worker =
        fixture.start(
            "postponed",
            context ->
                Mono.just(
                    calls.incrementAndGet() < 8
                        ? new JobOutcome.Postponed(
                            new JobError("absent", "not there yet"),
                            Duration.ZERO,
                            TransactionHook.NONE)
                        : JobOutcome.completed()));
    Job job = fixture.submit(NewJob.of("postponed", "a", "{}").maxAttempts(2));
    fixture.awaitStatus(job, JobStatus.COMPLETED);
    assertThat(calls).hasValue(8);
    assertThat(fixture.get(job).attempt()).isEqualTo(1);
    assertThat(worker.stats().released()).isEqualTo(7);
  }

  @Test
  void whatIsMissingForLongIsAskedForLessAndLessOften() {
    List<Integer> asked = new CopyOnWriteArrayList<>();
    fixture.start(
        fixture.queue,
        "outage",
        context ->
            Mono.just(
                new JobOutcome.Postponed(
                    new JobError("absent", "not there"),
                    context.payload().equals("wish") ? Duration.ofSeconds(90) : null,
                    TransactionHook.NONE)),
        WorkerFixture.hintsOnly()
            .withRetry(
                (attempt, random) -> {
                  asked.add(attempt);
                  return Duration.ofSeconds(10L * attempt);
                }));
    Job job = fixture.submit(NewJob.of("outage", "a", "{}").maxAttempts(1));
    for (int seconds : new int[] {10, 20, 30, 30, 30}) {
      await()
          .atMost(WorkerFixture.SOON)
          .untilAsserted(() -> assertThat(waitOf(job)).isEqualTo(Duration.ofSeconds(seconds)));
      assertThat(fixture.get(job).attempt()).isZero();
      int before = asked.size();
      fixture.database.advance(Duration.ofSeconds(seconds));
      fixture.submit(NewJob.of("outage", "b", "{}"));
      await()
          .atMost(WorkerFixture.SOON)
          .untilAsserted(
              () -> {
                assertThat(asked.size()).isGreaterThan(before + 1);
                assertThat(fixture.get(job).status()).isEqualTo(JobStatus.QUEUED);
              });
    }
    Job asksForMore = fixture.submit(NewJob.of("outage", "c", "wish"));
    await()
        .atMost(WorkerFixture.SOON)
        .untilAsserted(() -> assertThat(waitOf(asksForMore)).isEqualTo(Duration.ofSeconds(90)));
  }

  /** How long a job that was put back has to wait. */
  private Duration waitOf(Job job) {
    JobTimes times = fixture.get(job).times();
    return Duration.between(times.updated(), times.available());
  }

  @Test
  void aDeadlineThatIsAsGoodAsNeverHoldsUpNobody() {
    Job never = fixture.submit(NewJob.of("far", "a", "{}").deadline(Duration.ofDays(365 * 8000)));
    Job other = fixture.submit(NewJob.of("far", "b", "{}"));
    fixture.start("far", context -> Mono.empty());
    fixture.awaitStatus(other, JobStatus.COMPLETED);
    fixture.awaitStatus(never, JobStatus.COMPLETED);
    NewJob.Builder further = NewJob.of("far", "a", "{}").deadline(Duration.ofDays(365 * 11_000));
    assertThatThrownBy(further::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("deadline");
    NewJob.Builder later = NewJob.of("far", "a", "{}").delay(Duration.ofSeconds(Long.MAX_VALUE));
    assertThatThrownBy(later::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("delay");
    assertThatThrownBy(
            () -> fixture.queue.redrive("a", never.id(), Duration.ofDays(365 * 11_000)).block())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void progressIsWrittenAndTheLastOneBeforeTheEnd() {
    fixture.start(
        "progress",
        context -> {
          for (int i = 1; i <= 100; i++) {
            context.progress(Progress.of(i, 100));
          }
          return Mono.just(JobOutcome.completed());
        });
    Job job = fixture.submit(NewJob.of("progress", "a", "{}"));
    fixture.awaitStatus(job, JobStatus.COMPLETED);
    assertThat(fixture.get(job).progress()).isEqualTo(Progress.of(100, 100));
  }

  @Test
  void aHookThatFailsFailsTheAttempt() {
    fixture.start(
        "badhook",
        context ->
            Mono.just(
                JobOutcome.completed(
                    "r", (connection, job) -> Mono.error(new IllegalStateException("no")))));
    Job job = fixture.submit(NewJob.of("badhook", "a", "{}").maxAttempts(2));
    fixture.awaitStatus(job, JobStatus.FAILED);
    assertThat(fixture.get(job).attempt()).isEqualTo(2);
    assertThat(fixture.get(job).error().code()).isEqualTo(JobError.INTERNAL_ERROR);
  }

  @Test
  void aMarginMustLeaveTimeForHeartbeats() {
    assertThatThrownBy(
            () ->
                new JobWorker(
                    fixture.queue,
                    "k",
                    context -> Mono.empty(),
                    WorkerFixture.hintsOnly().withMargin(Duration.ofSeconds(16)),
                    null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("margin");
  }
}
