package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.IdempotencyKey;
import org.omnimamba.queue.job.JobFilter;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.Progress;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.job.TenantLimits;
import org.omnimamba.queue.testing.QueueFixture;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class SubmissionTest {
  private static QueueFixture fixture;

  @BeforeAll
  static void open() {
    fixture =
        new QueueFixture(
            16, Map.of("capped", new TenantLimits(null, 20), "paced", new TenantLimits(null, 2)));
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @Test
  void manyAtOnceWithOneKeyMakeOneJob() {
    IdempotencyKey key = new IdempotencyKey("once", new byte[] {1});
    List<SubmitOutcome> outcomes =
        Flux.range(0, 100)
            .flatMap(
                n -> fixture.queue.submit(NewJob.of("once", "a", "{}").idempotencyKey(key).build()),
                16)
            .collectList()
            .block();
    assertThat(outcomes).filteredOn(o -> o instanceof SubmitOutcome.Accepted).hasSize(1);
    assertThat(outcomes).filteredOn(o -> o instanceof SubmitOutcome.StillRunning).hasSize(99);
    assertThat(fixture.queue.depth("once").block().queued()).isEqualTo(1);
  }

  @Test
  void manyAtOnceDoNotPassTheCapTogether() {
    List<SubmitOutcome> outcomes =
        Flux.range(0, 100)
            .flatMap(n -> fixture.queue.submit(NewJob.of("capped", "a", "{}").build()), 16)
            .collectList()
            .block();
    assertThat(outcomes).filteredOn(o -> o instanceof SubmitOutcome.Accepted).hasSize(20);
    assertThat(outcomes).filteredOn(o -> o instanceof SubmitOutcome.QueueFull).hasSize(80);
  }

  @Test
  void retryAfterFollowsThePaceOfTheTenantsJobs() {
    // one job ends every 40 s
    for (int i = 0; i < 6; i++) {
      fixture.submit(NewJob.of("paced", "a", "{}"));
      ClaimedJob claim = fixture.claimOne("paced");
      fixture.database.advance(Duration.ofSeconds(40));
      fixture.complete(claim);
    }
    fixture.submit(NewJob.of("paced", "a", "{}"));
    fixture.submit(NewJob.of("paced", "a", "{}"));
    SubmitOutcome outcome = fixture.queue.submit(NewJob.of("paced", "a", "{}").build()).block();
    assertThat(outcome)
        .isInstanceOfSatisfying(
            SubmitOutcome.QueueFull.class,
            full ->
                assertThat(full.retryAfter())
                    .isBetween(Duration.ofSeconds(39), Duration.ofSeconds(45)));
  }

  @Test
  void retryAfterWithoutHistoryIsAGuessWithinBounds() {
    fixture.submit(NewJob.of("paced", "new", "{}"));
    fixture.submit(NewJob.of("paced", "new", "{}"));
    assertThat(fixture.queue.submit(NewJob.of("paced", "new", "{}").build()).block())
        .isEqualTo(new SubmitOutcome.QueueFull(2, Duration.ofSeconds(30)));
  }

  @Test
  void aSubmissionInATransactionIsThereOnlyWhenItCommits() {
    NewJob job = NewJob.of("within", "a", "{}").build();
    Mono<SubmitOutcome> broken =
        fixture.queue.submit(
            job, (connection, accepted) -> Mono.error(new IllegalStateException("no")));
    assertThatThrownBy(broken::block).hasMessageContaining("no");
    assertThat(fixture.queue.depth("within").block().queued()).isZero();
    fixture.queue.submit(job, (connection, accepted) -> Mono.empty()).block();
    assertThat(fixture.queue.depth("within").block().queued()).isEqualTo(1);
  }

  @Test
  void valuesOutOfRangeAreRefusedBeforeTheDatabaseSeesThem() {
    Stream.<Runnable>of(
            () -> NewJob.of("", "a", "{}").build(),
            () -> NewJob.of("k", "x".repeat(129), "{}").build(),
            () -> NewJob.of("k", "a", "{}").priority(10).build(),
            () -> NewJob.of("k", "a", "{}").priority(-1).build(),
            () -> NewJob.of("k", "a", "{}").delay(Duration.ofSeconds(-1)).build(),
            () -> NewJob.of("k", "a", "{}").deadline(Duration.ZERO).build(),
            () -> NewJob.of("k", "a", "{}").maxAttempts(0).build(),
            () -> new IdempotencyKey("", new byte[0]),
            () -> new JobFilter("k", null, null, 0),
            () -> new TenantLimits(-1, null),
            () -> new Progress(-1, 0, null))
        .forEach(bad -> assertThatThrownBy(bad::run).isInstanceOf(IllegalArgumentException.class));
  }
}
