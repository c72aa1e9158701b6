package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A job that may start at once is started by its own submission, and nothing else changes. */
class DirectStartTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration NEVER = Duration.ofHours(1);

  private static QueueFixture fixture;

  @BeforeAll
  static void open() {
    fixture =
        new QueueFixture(
            8,
            Map.of(
                "capped", new TenantLimits(1, null),
                "closed", new TenantLimits(null, 0)));
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  /** Nothing but a submission lets this worker look: it polls once an hour. */
  private static JobWorker worker(String kind, int slots, JobHandler handler) {
    JobWorker worker =
        new JobWorker(
            fixture.queue,
            kind,
            handler,
            WorkerOptions.of("w", slots).withPollInterval(NEVER).withDirectStarts(true),
            null);
    worker.start();
    return worker;
  }

  private static Job accepted(SubmitOutcome outcome) {
    return ((SubmitOutcome.Accepted) outcome).job();
  }

  private static Job submit(String kind, String tenant) {
    return accepted(fixture.queue.submit(NewJob.of(kind, tenant, "p").build()).block());
  }

  private static void await(String kind, String status, int count) {
    Awaitility.await().atMost(SOON).until(() -> count(kind, status) == count);
  }

  private static long count(String kind, String status) {
    return fixture.database.number(
        "SELECT count(*) FROM queue_job WHERE kind = '" + kind + "' AND status = '" + status + "'");
  }

  @Test
  void theRowIsAsASubmissionAndAClaimLeaveIt() {
    JobWorker worker = worker("alone", 4, context -> Mono.never());
    Job job =
        accepted(
            fixture
                .queue
                .submit(NewJob.of("alone", "a", "p").priority(3).deadline(NEVER).build())
                .block());
    assertThat(job.status()).isEqualTo(JobStatus.QUEUED);
    assertThat(job.attempt()).isZero();
    await("alone", "in_progress", 1);
    Job running = fixture.get(job);
    assertThat(running.attempt()).isEqualTo(1);
    assertThat(running.version()).isEqualTo(job.version() + 1);
    assertThat(running.times().started()).isNotNull();
    assertThat(running.times().deadline()).isEqualTo(job.times().deadline());
    assertThat(
            fixture.database.number(
                "SELECT token FROM queue_job WHERE id = '" + job.id() + "' AND worker = 'w'"))
        .isEqualTo(1);
    worker.abandon();
  }

  @Test
  void aJobBehindOthersWaitsItsTurn() {
    fixture.queue.setLimits("behind", "a", new TenantLimits(0, null)).block();
    Job first = submit("behind", "a");
    List<String> order = new ArrayList<>();
    JobWorker worker =
        worker(
            "behind",
            2,
            context -> {
              synchronized (order) {
                order.add(context.job().tenant());
              }
              return Mono.empty();
            });
    Job second = submit("behind", "b");
    await("behind", "completed", 1);
    assertThat(fixture.get(second).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(fixture.get(first).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(order).containsExactly("b");
    worker.drain().block(SOON);
  }

  @Test
  void aCapHoldsHoweverManyAreSubmittedAtOnce() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    JobWorker worker =
        worker(
            "capped",
            16,
            context -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              return Mono.delay(Duration.ofMillis(2))
                  .then(Mono.fromRunnable(running::decrementAndGet));
            });
    Flux.range(0, 100)
        .flatMap(n -> fixture.queue.submit(NewJob.of("capped", "a", "p").build()), 4)
        .blockLast(SOON);
    await("capped", "completed", 100);
    assertThat(most).hasValue(1);
    worker.drain().block(SOON);
  }

  @Test
  void aClosedLineStaysClosed() {
    JobWorker worker = worker("closed", 2, context -> Mono.empty());
    assertThat(fixture.queue.submit(NewJob.of("closed", "a", "p").build()).block(SOON))
        .isInstanceOf(SubmitOutcome.QueueFull.class);
    worker.drain().block(SOON);
  }

  @Test
  void noMoreRunThanTheWorkerHasSlotsAndAllAreDone() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    JobWorker worker =
        worker(
            "slots",
            2,
            context -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              return Mono.delay(Duration.ofMillis(1))
                  .then(Mono.fromRunnable(running::decrementAndGet));
            });
    Flux.range(0, 300)
        .flatMap(n -> fixture.queue.submit(NewJob.of("slots", "t" + n % 5, "p").build()), 3)
        .blockLast(SOON);
    await("slots", "completed", 300);
    assertThat(most.get()).isLessThanOrEqualTo(2);
    worker.drain().block(SOON);
  }
}
