package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.DeadLetterFilter;
import org.omnimamba.queue.job.IdempotencyKey;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.JobTimes;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.testing.QueueFixture;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Moments that callers name: kept as given, bounded, and kept to. */
class DeadlinesTest {
  private static QueueFixture fixture;

  @BeforeAll
  static void open() {
    fixture = new QueueFixture(6, Map.of());
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @Test
  void aDeadlineIsShownAsItWasGiven() {
    Instant last = Instant.parse("9999-12-31T23:59:59.999999999Z");
    Instant soon = Instant.now().plusSeconds(1000).truncatedTo(ChronoUnit.MICROS);
    List<Instant> shown =
        Flux.range(0, 20)
            .flatMapSequential(
                n ->
                    fixture.queue.submit(
                        NewJob.of("exact", "a", "{}")
                            .expiresAt(n % 2 == 0 ? last : soon.plusNanos(n * 1000L))
                            .build()),
                20)
            .map(outcome -> ((SubmitOutcome.Accepted) outcome).job().times().deadline())
            .collectList()
            .block();
    for (int n = 0; n < 20; n++) {
      assertThat(shown.get(n))
          .isEqualTo(
              n % 2 == 0
                  ? Instant.parse("9999-12-31T23:59:59.999999Z")
                  : soon.plusNanos(n * 1000L));
    }
    Job keyed =
        fixture.submit(
            NewJob.of("exact", "a", "{}")
                .expiresAt(soon)
                .idempotencyKey(new IdempotencyKey("k", new byte[1])));
    assertThat(fixture.get(keyed).times().deadline()).isEqualTo(soon);
  }

  @Test
  void whatComesTooLateExpires() {
    AtomicInteger hooks = new AtomicInteger();
    TransactionHook hook = (connection, job) -> Mono.fromRunnable(hooks::incrementAndGet);
    for (TransactionHook each : List.of(TransactionHook.NONE, hook)) {
      Job job = fixture.submit(NewJob.of("late", "a", "{}").deadline(Duration.ofSeconds(20)));
      ClaimedJob claim = fixture.claimOne("late");
      fixture.database.advance(Duration.ofSeconds(21));
      Job ended = fixture.leases.complete(claim, "r", each).block();
      assertThat(ended.status()).isEqualTo(JobStatus.EXPIRED);
      assertThat(ended.error().code()).isEqualTo(JobError.DEADLINE_EXCEEDED);
      assertThat(ended.resultReference()).isNull();
      assertThat(fixture.get(job)).isEqualTo(ended);
    }
    assertThat(hooks).hasValue(0);
  }

  /** Whatever else went wrong: the job had not ended by its deadline. */
  @Test
  void whatFailsTooLateExpires() {
    for (Duration retryIn : new Duration[] {null, Duration.ofMillis(1)}) {
      Job job = fixture.submit(NewJob.of("fails", "a", "{}").deadline(Duration.ofSeconds(20)));
      ClaimedJob claim = fixture.claimOne("fails");
      fixture.database.advance(Duration.ofSeconds(21));
      JobError error = new JobError("upstream_unavailable", "silent");
      Job ended = fixture.leases.fail(claim, error, retryIn, TransactionHook.NONE).block();
      assertThat(ended.status()).isEqualTo(JobStatus.EXPIRED);
      assertThat(ended.error().code()).isEqualTo(JobError.DEADLINE_EXCEEDED);
      assertThat(fixture.get(job)).isEqualTo(ended);
    }
  }

  @Test
  void aJobThatIsSubmittedTooLateIsNeverRun() {
    fixture.submit(NewJob.of("past", "a", "{}").expiresAt(Instant.EPOCH));
    assertThat(fixture.claim("past", 1)).isEmpty();
  }

  @Test
  void momentsOutsideOfTheYearsOneTo9999AreRefused() {
    for (Instant bad :
        List.of(
            Instant.MIN,
            Instant.MAX,
            Instant.parse("+294277-01-01T00:00:00Z"),
            JobTimes.END,
            JobTimes.EARLIEST.minusNanos(1))) {
      assertThat(JobTimes.isStorable(bad)).isFalse();
      assertThatThrownBy(() -> NewJob.of("k", "a", "{}").expiresAt(bad).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("years 1 to 9999");
      assertThatThrownBy(() -> new DeadLetterFilter("k", JobStatus.FAILED, null, bad, null, 1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new DeadLetterFilter("k", JobStatus.FAILED, null, null, bad, 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
    DeadLetterFilter widest =
        new DeadLetterFilter(
            "k", JobStatus.FAILED, null, JobTimes.EARLIEST, JobTimes.END.minusNanos(1000), 10);
    assertThat(fixture.queue.redriveAll("a", widest).block().jobs()).isEmpty();
    assertThatThrownBy(
            () ->
                NewJob.of("k", "a", "{}")
                    .deadline(Duration.ofSeconds(1))
                    .expiresAt(Instant.now())
                    .build())
        .isInstanceOf(IllegalArgumentException.class);
  }
}
