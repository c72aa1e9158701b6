package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.DeadLetterFilter;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.JobFilter;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.RedriveOutcome;
import org.omnimamba.queue.job.RedrivenJobs;
import org.omnimamba.queue.job.TenantLimits;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.testing.QueueFixture;

class DeadLettersTest {
  private static QueueFixture fixture;

  @BeforeAll
  static void open() {
    fixture = new QueueFixture(4, Map.of("full", new TenantLimits(null, 3)));
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @Test
  void theOldestDeadLettersGoFirstAndTheRestIsReported() {
    Job first = dead("many", "a", "boom");
    Job second = dead("many", "a", "boom");
    Job third = dead("many", "a", "boom");
    dead("many", "b", "boom");
    RedrivenJobs some = redriveAll("a", filter("many", JobStatus.FAILED, null, 2));
    assertThat(some.jobs()).extracting(Job::id).containsExactlyInAnyOrder(first.id(), second.id());
    assertThat(some.jobs())
        .allSatisfy(
            job -> {
              assertThat(job.status()).isEqualTo(JobStatus.QUEUED);
              assertThat(job.attempt()).isZero();
              assertThat(job.error()).isNull();
            });
    assertThat(some.more()).isTrue();
    RedrivenJobs rest = redriveAll("a", filter("many", JobStatus.FAILED, null, 2));
    assertThat(rest.jobs()).extracting(Job::id).containsExactly(third.id());
    assertThat(rest.more()).isFalse();
    assertThat(fixture.claim("many", 10)).hasSize(3);
  }

  @Test
  void onlyWhatMatchesIsPutInLine() {
    Job broken = dead("match", "a", "broken");
    Job refused = dead("match", "a", "refused");
    fixture.submit(NewJob.of("match", "a", "{}"));
    Job cancelled = fixture.submit(NewJob.of("match", "a", "{}"));
    fixture.queue.cancel("a", cancelled.id()).block();
    assertThat(redriveAll("a", filter("match", JobStatus.FAILED, "refused", 10)).jobs())
        .extracting(Job::id)
        .containsExactly(refused.id());
    assertThat(redriveAll("a", filter("match", JobStatus.EXPIRED, null, 10)).jobs()).isEmpty();
    Instant ended = fixture.get(broken).times().finished();
    assertThat(redriveAll("a", between("match", ended.plusMillis(1), null)).jobs()).isEmpty();
    assertThat(redriveAll("a", between("match", null, ended)).jobs()).isEmpty();
    assertThat(redriveAll("a", between("match", ended, ended.plusMillis(1))).jobs())
        .extracting(Job::id)
        .containsExactly(broken.id());
  }

  @Test
  void aFullLineTakesNoMoreThanItHasRoomFor() {
    Job one = dead("full", "a", "boom");
    dead("full", "a", "boom");
    dead("full", "a", "boom");
    fixture.submit(NewJob.of("full", "a", "{}"));
    RedrivenJobs some = redriveAll("a", filter("full", JobStatus.FAILED, null, 10));
    assertThat(some.jobs()).hasSize(2);
    assertThat(some.more()).isTrue();
    assertThat(redriveAll("a", filter("full", JobStatus.FAILED, null, 10)))
        .isEqualTo(new RedrivenJobs(List.of(), true, true));
    Job left =
        fixture.queue.list("a", new JobFilter("full", JobStatus.FAILED, null, 10)).block().get(0);
    assertThat(left.id()).isNotEqualTo(one.id());
    assertThat(fixture.queue.redrive("a", left.id(), null).block())
        .isInstanceOfSatisfying(
            RedriveOutcome.QueueFull.class,
            full -> {
              assertThat(full.limit()).isEqualTo(3);
              assertThat(full.retryAfter()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            });
    assertThat(fixture.get(left).status()).isEqualTo(JobStatus.FAILED);
  }

  @Test
  void whatAnotherRequestIsPuttingInLineIsNoReasonToCallTheLineFull() throws SQLException {
    Job held = dead("full", "busy", "boom");
    try (Connection other =
            DriverManager.getConnection(
                fixture.database.jdbcUrl(),
                fixture.database.username(),
                fixture.database.password());
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT FROM queue_job WHERE id = '" + held.id() + "' FOR UPDATE");
      RedrivenJobs none = redriveAll("busy", filter("full", JobStatus.FAILED, null, 10));
      assertThat(none).isEqualTo(new RedrivenJobs(List.of(), true, false));
      other.rollback();
    }
    assertThat(redriveAll("busy", filter("full", JobStatus.FAILED, null, 10)).jobs()).hasSize(1);
  }

  private static Job dead(String kind, String tenant, String code) {
    Job job = fixture.submit(NewJob.of(kind, tenant, "{}").maxAttempts(1));
    fixture
        .leases
        .fail(fixture.claimOne(kind), new JobError(code, "it broke"), null, TransactionHook.NONE)
        .block();
    assertThat(fixture.get(job).status()).isEqualTo(JobStatus.FAILED);
    // so that the ends lie apart
    fixture.database.advance(Duration.ofSeconds(1));
    return job;
  }

  private static RedrivenJobs redriveAll(String tenant, DeadLetterFilter filter) {
    return fixture.queue.redriveAll(tenant, filter).block();
  }

  private static DeadLetterFilter filter(
      String kind, JobStatus status, @Nullable String code, int limit) {
    return new DeadLetterFilter(kind, status, code, null, null, limit);
  }

  private static DeadLetterFilter between(
      String kind, @Nullable Instant from, @Nullable Instant before) {
    return new DeadLetterFilter(kind, JobStatus.FAILED, null, from, before, 10);
  }
}
