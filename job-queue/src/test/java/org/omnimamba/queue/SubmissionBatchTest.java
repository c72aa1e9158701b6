package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.job.TenantLimits;
import org.omnimamba.queue.testing.QueueFixture;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Jobs that are submitted at the same time share statements, and nobody can tell. */
class SubmissionBatchTest {
  private static QueueFixture fixture;

  @BeforeAll
  static void open() {
    fixture = new QueueFixture(8, Map.of("capped", new TenantLimits(null, 200)));
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @Test
  void eachKeepsWhatItWasSubmittedWith() {
    List<Job> jobs =
        Flux.range(0, 200)
            .flatMap(n -> fixture.queue.submit(job(n)).map(SubmissionBatchTest::accepted), 50)
            .collectList()
            .block();
    assertThat(jobs).extracting(Job::id).doesNotHaveDuplicates().hasSize(200);
    for (Job job : jobs) {
      int n = Integer.parseInt(fixture.queue.payload(job.tenant(), job.id()).block());
      assertThat(job.tenant()).isEqualTo("tenant-" + n % 7);
      assertThat(job.priority()).isEqualTo(n % 10);
      assertThat(job.maxAttempts()).isEqualTo(1 + n % 3);
      assertThat(job.attributes()).isEqualTo("{\"n\":" + n + "}");
      assertThat(Duration.between(job.times().created(), job.times().available()))
          .isEqualTo(Duration.ofMillis(n));
      if (n % 2 == 0) {
        assertThat(Duration.between(job.times().created(), job.times().deadline()))
            .isEqualTo(Duration.ofSeconds(60 + n));
      } else {
        assertThat(job.times().deadline()).isNull();
      }
      assertThat(fixture.get(job)).isEqualTo(job);
    }
  }

  private static NewJob job(int n) {
    return NewJob.of("keeps", "tenant-" + n % 7, Integer.toString(n))
        .priority(n % 10)
        .maxAttempts(1 + n % 3)
        .attributes("{\"n\":" + n + "}")
        .delay(Duration.ofMillis(n))
        .deadline(n % 2 == 0 ? Duration.ofSeconds(60 + n) : null)
        .build();
  }

  @Test
  void oneThatIsRefusedDoesNotHarmTheOthers() {
    List<NewJob> jobs = new ArrayList<>();
    for (int n = 0; n < 60; n++) {
      jobs.add(NewJob.of("refused", "a", "{}").attributes(n % 20 == 7 ? "not JSON" : "{}").build());
    }
    List<Boolean> accepted =
        Flux.fromIterable(jobs)
            .flatMap(
                job -> fixture.queue.submit(job).map(outcome -> true).onErrorResume(e -> no()), 60)
            .collectList()
            .block();
    assertThat(accepted).filteredOn(yes -> yes).hasSize(57);
    assertThat(fixture.queue.depth("refused").block().queued()).isEqualTo(57);
  }

  private static Mono<Boolean> no() {
    return Mono.just(false);
  }

  @Test
  void theCapHoldsWhereABatchWouldPassIt() {
    List<SubmitOutcome> outcomes =
        Flux.range(0, 400)
            .flatMap(n -> fixture.queue.submit(NewJob.of("capped", "a", "{}").build()), 50)
            .collectList()
            .block();
    assertThat(outcomes).filteredOn(o -> o instanceof SubmitOutcome.Accepted).hasSize(200);
    assertThat(outcomes).filteredOn(o -> o instanceof SubmitOutcome.QueueFull).hasSize(200);
    assertThat(fixture.queue.depth("capped").block().queued()).isEqualTo(200);
  }

  private static Job accepted(SubmitOutcome outcome) {
    assertThat(outcome).isInstanceOf(SubmitOutcome.Accepted.class);
    return ((SubmitOutcome.Accepted) outcome).job();
  }
}
