package org.omnimamba.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.JobWatcher;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.QueueMaintenance;
import org.omnimamba.queue.RetentionOptions;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.job.CancelOutcome;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.JobTimes;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.Progress;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.testing.TestDatabase;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

public class JobWorkerTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Moves the time of workers that are told to go by it; the database has a clock of its own. */
  private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();

  private TestDatabase database;
  private ConnectionPool pool;
  private JobQueue queue;
  private QueueListener listener;
  private QueueMaintenance maintenance;

  private final List<JobWorker> workers = new ArrayList<>();

  @BeforeEach
  void open() {
    database = TestDatabase.create();
    pool = database.pool(8);
    queue = JobQueue.builder(pool).build();
    listener = new QueueListener(database.connections());
    listener.start();
    await().atMost(SOON).until(listener::isConnected);
    maintenance = new QueueMaintenance(queue, RetentionOptions.DEFAULTS);
  }

  @AfterEach
  void close() {
    workers.forEach(JobWorker::abandon);
    listener.close();
    database.close();
  }

  /** A worker that hears of work only through hints: it polls once at its start and then hourly. */
  private static WorkerOptions hintsOnly() {
    return WorkerOptions.of("test", 4)
        .withPollInterval(Duration.ofHours(1))
        .withGrace(Duration.ZERO)
        .withProgressInterval(Duration.ZERO)
        .withRetry((attempt, random) -> Duration.ZERO);
  }

  private JobWorker start(String kind, JobHandler handler) {
    return start(queue, kind, handler, hintsOnly());
  }

  private JobWorker start(JobQueue of, String kind, JobHandler handler, WorkerOptions options) {
    JobWorker worker = new JobWorker(of, kind, handler, options, listener);
    workers.add(worker);
    worker.start();
    return worker;
  }

  /** A queue on the same database whose workers go by {@link #clock}. */
  private JobQueue timed() {
    return JobQueue.builder(pool).scheduler(clock).build();
  }

  /** Lets time pass for the workers and for the database. */
  private void pass(Duration time) {
    database.advance(time);
    clock.advanceTimeBy(time);
  }

  private Job submit(NewJob.Builder job) {
    return ((SubmitOutcome.Accepted) queue.submit(job.build()).block()).job();
  }

  private Job get(Job job) {
    return queue.get(job.tenant(), job.id()).block();
  }

  private void awaitStatus(Job job, JobStatus status) {
    await().atMost(SOON).untilAsserted(() -> assertThat(get(job).status()).isEqualTo(status));
  }

  @Test
  void aHintBringsTheJobAndTheHookCommitsWithItsEnd() {
    database.execute("CREATE TABLE done (job uuid)");
    JobWorker worker =
        start(
            "simple",
            context ->
                Mono.just(
                    JobOutcome.completed(
                        "ref:" + context.payload(),
                        (connection, job) ->
                            Statements.update(connection, "INSERT INTO done VALUES ($1)", job.id())
                                .then())));
    Job job = submit(NewJob.of("simple", "a", "{}"));
    awaitStatus(job, JobStatus.COMPLETED);
    assertThat(get(job).resultReference()).isEqualTo("ref:{}");
    assertThat(database.number("SELECT count(*) FROM done WHERE job = '" + job.id() + "'"))
        .isEqualTo(1);
    await().atMost(SOON).untilAsserted(() -> assertThat(worker.stats().completed()).isEqualTo(1));
  }

  @Test
  void pollingAloneFindsWork() {
    JobWorker worker =
        new JobWorker(
            queue,
            "polled",
            context -> Mono.empty(),
            hintsOnly().withPollInterval(Duration.ofMillis(50)),
            null);
    workers.add(worker);
    worker.start();
    awaitStatus(submit(NewJob.of("polled", "a", "{}")), JobStatus.COMPLETED);
  }

  @Test
  void errorsAreRetriedAndTypedFailuresDecideThemselves() {
    AtomicInteger calls = new AtomicInteger();
    start(
        "failing",
        context -> {
          calls.incrementAndGet();
          return switch (context.payload()) {
            case "throw" -> throw new IllegalStateException("secret");
            case "permanent" -> Mono.error(JobFailure.permanent("bad_request", "no"));
            default -> Mono.error(JobFailure.retryable("busy", "later", Duration.ZERO));
          };
        });
    Job thrown = submit(NewJob.of("failing", "a", "throw").maxAttempts(1));
    awaitStatus(thrown, JobStatus.FAILED);
    assertThat(get(thrown).error())
        .isEqualTo(new JobError(JobError.INTERNAL_ERROR, "IllegalStateException"));

    Job permanent = submit(NewJob.of("failing", "a", "permanent").maxAttempts(3));
    awaitStatus(permanent, JobStatus.FAILED);
    assertThat(get(permanent).attempt()).isEqualTo(1);

    Job busy = submit(NewJob.of("failing", "a", "busy").maxAttempts(3));
    awaitStatus(busy, JobStatus.FAILED);
    assertThat(get(busy).attempt()).isEqualTo(3);
    assertThat(calls.get()).isEqualTo(5);
  }

  @Test
  void attemptsThatCannotBeginDoNotCount() {
    AtomicInteger calls = new AtomicInteger();
    JobWorker worker =
        start(
            "postponed",
            context ->
                Mono.just(
                    calls.incrementAndGet() < 8
                        ? new JobOutcome.Postponed(
                            new JobError("absent", "not there yet"),
                            Duration.ZERO,
                            TransactionHook.NONE)
                        : JobOutcome.completed()));
    Job job = submit(NewJob.of("postponed", "a", "{}").maxAttempts(2));
    awaitStatus(job, JobStatus.COMPLETED);
    assertThat(calls).hasValue(8);
    assertThat(get(job).attempt()).isEqualTo(1);
    assertThat(worker.stats().released()).isEqualTo(7);
  }

  @Test
  void whatIsMissingForLongIsAskedForLessAndLessOften() {
    List<Integer> asked = new CopyOnWriteArrayList<>();
    start(
        queue,
        "outage",
        context ->
            Mono.just(
                new JobOutcome.Postponed(
                    new JobError("absent", "not there"),
                    context.payload().equals("wish") ? Duration.ofSeconds(90) : null,
                    TransactionHook.NONE)),
        hintsOnly()
            .withRetry(
                (attempt, random) -> {
                  asked.add(attempt);
                  return Duration.ofSeconds(10L * attempt);
                }));
    Job job = submit(NewJob.of("outage", "a", "{}").maxAttempts(1));
    for (int seconds : new int[] {10, 20, 30, 30, 30}) {
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(waitOf(job)).isEqualTo(Duration.ofSeconds(seconds)));
      assertThat(get(job).attempt()).isZero();
      int before = asked.size();
      database.advance(Duration.ofSeconds(seconds));
      submit(NewJob.of("outage", "b", "{}"));
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                assertThat(asked.size()).isGreaterThan(before + 1);
                assertThat(get(job).status()).isEqualTo(JobStatus.QUEUED);
              });
    }
    Job asksForMore = submit(NewJob.of("outage", "c", "wish"));
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(waitOf(asksForMore)).isEqualTo(Duration.ofSeconds(90)));
  }

  /** How long a job that was put back has to wait. */
  private Duration waitOf(Job job) {
    JobTimes times = get(job).times();
    return Duration.between(times.updated(), times.available());
  }

  @Test
  void aDeadlineThatIsAsGoodAsNeverHoldsUpNobody() {
    Job never = submit(NewJob.of("far", "a", "{}").deadline(Duration.ofDays(365 * 8000)));
    Job other = submit(NewJob.of("far", "b", "{}"));
    start("far", context -> Mono.empty());
    awaitStatus(other, JobStatus.COMPLETED);
    awaitStatus(never, JobStatus.COMPLETED);
    NewJob.Builder further = NewJob.of("far", "a", "{}").deadline(Duration.ofDays(365 * 11_000));
    assertThatThrownBy(further::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("deadline");
    NewJob.Builder later = NewJob.of("far", "a", "{}").delay(Duration.ofSeconds(Long.MAX_VALUE));
    assertThatThrownBy(later::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("delay");
    assertThatThrownBy(() -> queue.redrive("a", never.id(), Duration.ofDays(365 * 11_000)).block())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRunningJobIsCancelledByHint() {
    AtomicBoolean cancelled = new AtomicBoolean();
    Sinks.Empty<Void> started = Sinks.empty();
    start(
        "cancelled",
        context -> {
          started.tryEmitEmpty();
          return Mono.<JobOutcome>never().doOnCancel(() -> cancelled.set(true));
        });
    Job job = submit(NewJob.of("cancelled", "a", "{}"));
    started.asMono().block(SOON);
    assertThat(queue.cancel("a", job.id()).block()).isInstanceOf(CancelOutcome.Cancelling.class);
    awaitStatus(job, JobStatus.CANCELLED);
    assertThat(cancelled).isTrue();
  }

  @Test
  void progressIsWrittenAndTheLastOneBeforeTheEnd() {
    start(
        "progress",
        context -> {
          for (int i = 1; i <= 100; i++) {
            context.progress(Progress.of(i, 100));
          }
          return Mono.just(JobOutcome.completed());
        });
    Job job = submit(NewJob.of("progress", "a", "{}"));
    awaitStatus(job, JobStatus.COMPLETED);
    assertThat(get(job).progress()).isEqualTo(Progress.of(100, 100));
  }

  @Test
  void aJobIsStoppedAtItsDeadline() {
    JobWorker worker = start(timed(), "overdue", context -> Mono.never(), hintsOnly());
    Job job = submit(NewJob.of("overdue", "a", "{}").deadline(Duration.ofSeconds(20)));
    await().atMost(SOON).until(() -> worker.running() == 1);
    pass(Duration.ofSeconds(21));
    awaitStatus(job, JobStatus.EXPIRED);
    assertThat(get(job).error().code()).isEqualTo(JobError.DEADLINE_EXCEEDED);
  }

  @Test
  void aJobWhoseDeadlineIsNotReachedByTheDatabasesClockIsGivenBack() {
    JobWorker worker = start(timed(), "early", context -> Mono.never(), hintsOnly());
    Job job = submit(NewJob.of("early", "a", "{}").maxAttempts(1).deadline(Duration.ofSeconds(20)));
    await().atMost(SOON).until(() -> worker.running() == 1);
    worker.stopClaiming();
    clock.advanceTimeBy(Duration.ofSeconds(21));
    awaitStatus(job, JobStatus.QUEUED);
    assertThat(get(job).attempt()).isZero();
  }

  @Test
  void aWorkerThatStoppedClaimingKeepsWhatItHas() {
    Sinks.One<JobOutcome> finish = Sinks.one();
    JobWorker worker = start("closing", context -> finish.asMono());
    Job running = submit(NewJob.of("closing", "a", "{}"));
    await().atMost(SOON).until(() -> worker.running() == 1);
    worker.stopClaiming();
    Job later = submit(NewJob.of("closing", "a", "{}"));
    finish.tryEmitValue(JobOutcome.completed());
    awaitStatus(running, JobStatus.COMPLETED);
    worker.drain().block(SOON);
    assertThat(get(later).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(worker.stats().claimed()).isEqualTo(1);
  }

  @Test
  void aWorkerThatLostItsLeaseStopsAndDropsItsResult() {
    Sinks.Empty<Void> started = Sinks.empty();
    AtomicBoolean stopped = new AtomicBoolean();
    JobWorker first =
        start(
            timed(),
            "lost",
            context -> {
              started.tryEmitEmpty();
              return Mono.<JobOutcome>never().doOnCancel(() -> stopped.set(true));
            },
            hintsOnly());
    Job job = submit(NewJob.of("lost", "a", "{}"));
    started.asMono().block(SOON);
    // as if somebody else had taken the job: the token has moved on
    database.execute("UPDATE queue_job SET token = token + 1 WHERE id = '" + job.id() + "'");
    // a heartbeat comes each third of the lease of 30 s
    pass(Duration.ofSeconds(11));
    await().atMost(SOON).untilAsserted(() -> assertThat(first.stats().lost()).isEqualTo(1));
    assertThat(stopped).isTrue();
    assertThat(first.running()).isZero();
    assertThat(get(job).status()).isEqualTo(JobStatus.IN_PROGRESS);
  }

  @Test
  void heartbeatsKeepAJobForLongerThanItsLease() {
    Sinks.One<JobOutcome> finish = Sinks.one();
    JobWorker worker = start(timed(), "long", context -> finish.asMono(), hintsOnly());
    Job job = submit(NewJob.of("long", "a", "{}"));
    await().atMost(SOON).until(() -> worker.running() == 1);
    // a heartbeat each third of the lease of 30 s, and one more tick, which is a sixtieth of it
    for (int beat = 1; beat <= 6; beat++) {
      int beats = beat;
      pass(Duration.ofMillis(10_500));
      await().atMost(SOON).until(() -> worker.stats().heartbeats() >= beats);
      assertThat(maintenance.reclaimLost().block()).isZero();
    }
    finish.tryEmitValue(JobOutcome.completed());
    awaitStatus(job, JobStatus.COMPLETED);
    assertThat(get(job).attempt()).isEqualTo(1);
  }

  @Test
  void aDeadWorkersJobIsTakenBackAndDoneByAnother() {
    Sinks.Empty<Void> started = Sinks.empty();
    JobWorker dead =
        start(
            "crash",
            context -> {
              started.tryEmitEmpty();
              return Mono.never();
            });
    Job job = submit(NewJob.of("crash", "a", "{}").maxAttempts(2));
    started.asMono().block(SOON);
    dead.abandon();
    assertThat(maintenance.reclaimLost().block()).isZero();
    database.advance(Duration.ofSeconds(31));
    assertThat(maintenance.reclaimLost().block()).isEqualTo(1);
    assertThat(get(job).error().code()).isEqualTo(JobError.WORKER_LOST);
    start("crash", context -> Mono.empty());
    awaitStatus(job, JobStatus.COMPLETED);
    assertThat(get(job).attempt()).isEqualTo(2);
  }

  @Test
  void aDrainLetsJobsFinishWithinItsGrace() {
    Sinks.One<JobOutcome> finish = Sinks.one();
    JobWorker worker =
        start(queue, "grace", context -> finish.asMono(), hintsOnly().withGrace(SOON));
    Job running = submit(NewJob.of("grace", "a", "{}"));
    awaitStatus(running, JobStatus.IN_PROGRESS);
    Mono<Void> drained = worker.drain().cache();
    drained.subscribe();
    Job later = submit(NewJob.of("grace", "a", "{}"));
    finish.tryEmitValue(JobOutcome.completed());
    drained.block(SOON);
    assertThat(get(running).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(get(later).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(worker.running()).isZero();
  }

  @Test
  void aDrainGivesBackWhatDoesNotFinishAndBurnsNoAttempt() {
    JobWorker worker = start("drained", context -> Mono.never());
    Job job = submit(NewJob.of("drained", "a", "{}").maxAttempts(1));
    awaitStatus(job, JobStatus.IN_PROGRESS);
    worker.drain().block(SOON);
    assertThat(get(job).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(get(job).attempt()).isZero();
    assertThat(worker.stats().released()).isEqualTo(1);
  }

  @Test
  void aHookThatFailsFailsTheAttempt() {
    start(
        "badhook",
        context ->
            Mono.just(
                JobOutcome.completed(
                    "r", (connection, job) -> Mono.error(new IllegalStateException("no")))));
    Job job = submit(NewJob.of("badhook", "a", "{}").maxAttempts(2));
    awaitStatus(job, JobStatus.FAILED);
    assertThat(get(job).attempt()).isEqualTo(2);
    assertThat(get(job).error().code()).isEqualTo(JobError.INTERNAL_ERROR);
  }

  @Test
  void aWatcherSeesEveryStageAndEnds() {
    Sinks.One<JobOutcome> finish = Sinks.one();
    JobWatcher watcher = new JobWatcher(queue, listener, Duration.ofHours(1));
    Job job = submit(NewJob.of("watched", "a", "{}"));
    List<JobStatus> seen = new CopyOnWriteArrayList<>();
    Mono<Void> end =
        watcher.watch("a", job.id()).doOnNext(j -> seen.add(j.status())).then().cache();
    end.subscribe();
    await().atMost(SOON).until(() -> seen.contains(JobStatus.QUEUED));
    start("watched", context -> finish.asMono());
    await().atMost(SOON).until(() -> seen.contains(JobStatus.IN_PROGRESS));
    finish.tryEmitValue(JobOutcome.completed());
    end.block(SOON);
    assertThat(seen).containsExactly(JobStatus.QUEUED, JobStatus.IN_PROGRESS, JobStatus.COMPLETED);
    assertThat(watcher.watch("b", job.id()).collectList().block(SOON)).isEmpty();
  }

  @Test
  void theListenerConnectsAgainAndCountsIt() {
    long before = listener.reconnects();
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(listener.reconnects()).isGreaterThan(before));
    start("after", context -> Mono.empty());
    awaitStatus(submit(NewJob.of("after", "a", "{}")), JobStatus.COMPLETED);
  }

  @Test
  void aMarginMustLeaveTimeForHeartbeats() {
    assertThatThrownBy(
            () ->
                new JobWorker(
                    queue,
                    "k",
                    context -> Mono.empty(),
                    hintsOnly().withMargin(Duration.ofSeconds(16)),
                    null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("margin");
  }
}
