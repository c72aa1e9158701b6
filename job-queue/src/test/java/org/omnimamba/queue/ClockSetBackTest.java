package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.testing.QueueFixture;

/** The database's clock is set back by an hour. */
class ClockSetBackTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private QueueFixture fixture;
  private QueueMaintenance maintenance;

  @BeforeEach
  void open() {
    fixture = new QueueFixture(3, Map.of());
    maintenance = new QueueMaintenance(fixture.queue, RetentionOptions.DEFAULTS);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Job submit() {
    return fixture.submit(NewJob.of("k", "a", "{}"));
  }

  private Job claimed() {
    return fixture.claimOne("k").job();
  }

  @Test
  void jobsThatWaitDoNotWaitForTheClockAndAreNotOvertaken() {
    maintenance.sweep().block();
    Job first = submit();
    Job second = submit();
    Job urgent = fixture.submit(NewJob.of("k", "a", "{}").priority(1));
    fixture.database.advance(HOUR.negated());
    Job later = submit();
    maintenance.sweep().block();
    maintenance.sweep().block();
    assertThat(claimed().id()).isEqualTo(urgent.id());
    assertThat(claimed().id()).isEqualTo(first.id());
    assertThat(claimed().id()).isEqualTo(second.id());
    assertThat(claimed().id()).isEqualTo(later.id());
  }

  @Test
  void aProcessThatStartsAfterwardsFindsThemToo() {
    Job job = submit();
    fixture.database.advance(HOUR.negated());
    assertThat(fixture.claim("k", 1)).isEmpty();
    maintenance.sweep().block();
    assertThat(claimed().id()).isEqualTo(job.id());
  }

  @Test
  void waitsBeginAnewAndLeasesOfLostWorkersRunOut() {
    Job retried = submit();
    fixture
        .leases
        .fail(
            fixture.claimOne("k"),
            new JobError("x", "y"),
            Duration.ofSeconds(60),
            TransactionHook.NONE)
        .block();
    Job held = submit();
    fixture.claimOne("k");
    fixture.database.advance(HOUR.negated());
    maintenance.sweep().block();
    fixture.database.advance(Duration.ofSeconds(29));
    assertThat(maintenance.reclaimLost().block()).isZero();
    fixture.database.advance(Duration.ofSeconds(2));
    assertThat(maintenance.reclaimLost().block()).isEqualTo(1);
    assertThat(claimed().id()).isEqualTo(held.id());
    assertThat(fixture.claim("k", 1)).isEmpty();
    fixture.database.advance(Duration.ofSeconds(30));
    assertThat(claimed().id()).isEqualTo(retried.id());
  }

  @Test
  void aClockThatGoesOnChangesNothing() {
    Job job = submit();
    maintenance.sweep().block();
    fixture.database.advance(HOUR);
    maintenance.sweep().block();
    assertThat(fixture.get(job)).isEqualTo(job);
  }
}
