package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.RedriveOutcome;
import org.omnimamba.queue.job.StoredResult;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.testing.TestDatabase;

class QueueMaintenanceTest {
  private static final RetentionOptions TWO_DAYS =
      new RetentionOptions(
          Duration.ofDays(2),
          Duration.ofDays(2),
          3,
          Duration.ofMillis(50),
          Duration.ofMillis(50),
          null);

  private TestDatabase database;
  private JobQueue queue;
  private QueueMaintenance maintenance;

  @BeforeEach
  void open() {
    database = TestDatabase.create();
    database.execute("CREATE TABLE ended (job uuid, status text)");
    queue =
        JobQueue.builder(database.pool(3))
            .onTerminal(
                "k",
                (connection, job) ->
                    Statements.update(
                            connection,
                            "INSERT INTO ended VALUES ($1, $2)",
                            job.id(),
                            job.status().wireName())
                        .then())
            .build();
    maintenance = new QueueMaintenance(queue, TWO_DAYS);
  }

  @AfterEach
  void close() {
    maintenance.close();
    database.close();
  }

  private Job submit(NewJob.Builder job) {
    return ((SubmitOutcome.Accepted) queue.submit(job.build()).block()).job();
  }

  private ClaimedJob claim() {
    List<ClaimedJob> claims = queue.leases().claim("k", "w", 1).block();
    assertThat(claims).hasSize(1);
    return claims.get(0);
  }

  private JobStatus status(Job job) {
    return queue.get("a", job.id()).block().status();
  }

  private String ended(Job job) {
    return database.text(
        "SELECT string_agg(status, ',') FROM ended WHERE job = '" + job.id() + "'");
  }

  @Test
  void aLostJobGoesWhereItsStateSays() {
    Job again = submit(NewJob.of("k", "a", "{}").maxAttempts(2));
    claim();
    Job spent = submit(NewJob.of("k", "a", "{}").maxAttempts(1));
    claim();
    Job cancelling = submit(NewJob.of("k", "a", "{}"));
    claim();
    queue.cancel("a", cancelling.id()).block();
    Job overdue = submit(NewJob.of("k", "a", "{}").deadline(Duration.ofSeconds(10)));
    claim();
    Job held = submit(NewJob.of("k", "a", "{}"));
    ClaimedJob holder = claim();

    database.advance(Duration.ofSeconds(29));
    queue.leases().heartbeat(List.of(holder)).block();
    database.advance(Duration.ofSeconds(2));
    assertThat(maintenance.reclaimLost().block()).isEqualTo(4);

    assertThat(status(again)).isEqualTo(JobStatus.QUEUED);
    assertThat(status(spent)).isEqualTo(JobStatus.FAILED);
    assertThat(status(cancelling)).isEqualTo(JobStatus.CANCELLED);
    assertThat(status(overdue)).isEqualTo(JobStatus.EXPIRED);
    assertThat(status(held)).isEqualTo(JobStatus.IN_PROGRESS);
    assertThat(ended(again)).isEqualTo("null");
    assertThat(ended(spent)).isEqualTo("failed");
    assertThat(ended(cancelling)).isEqualTo("cancelled");
    assertThat(ended(overdue)).isEqualTo("expired");
  }

  @Test
  void waitingJobsExpireInBatchesAndAreNotClaimedMeanwhile() {
    List<Job> jobs =
        List.of(1, 2, 3, 4, 5, 6, 7).stream()
            .map(n -> submit(NewJob.of("k", "a", "{}").deadline(Duration.ofSeconds(10))))
            .toList();
    Job later = submit(NewJob.of("k", "a", "{}").deadline(Duration.ofSeconds(60)));
    database.advance(Duration.ofSeconds(11));
    assertThat(queue.leases().claim("k", "w", 9).block())
        .extracting(c -> c.job().id())
        .containsExactly(later.id());
    assertThat(maintenance.expireOverdue().block()).isEqualTo(7);
    assertThat(jobs).allSatisfy(job -> assertThat(ended(job)).isEqualTo("expired"));
    assertThat(queue.redrive("a", jobs.get(0).id(), Duration.ofSeconds(5)).block())
        .isInstanceOf(RedriveOutcome.Redriven.class);
    assertThat(claim().job().id()).isEqualTo(jobs.get(0).id());
  }

  @Test
  void oldRowsGoInBatchesAndNewAndUnfinishedOnesStay() {
    for (int i = 0; i < 8; i++) {
      queue.cancel("a", submit(NewJob.of("k", "a", "{}")).id()).block();
    }
    Job unfinished = submit(NewJob.of("k", "a", "{}"));
    database.advance(Duration.ofHours(47));
    Job recent = submit(NewJob.of("k", "a", "{}"));
    queue.cancel("a", recent.id()).block();
    assertThat(maintenance.clean().block()).isZero();
    database.advance(Duration.ofHours(2));
    assertThat(maintenance.clean().block()).isEqualTo(8);
    assertThat(status(unfinished)).isEqualTo(JobStatus.QUEUED);
    assertThat(status(recent)).isEqualTo(JobStatus.CANCELLED);
  }

  @Test
  void resultDaysAreMadeAheadAndDroppedWhole() {
    StoredResult result = new StoredResult("text/plain", new byte[] {7});
    Job job = submit(NewJob.of("k", "a", "{}"));
    ClaimedJob claim = claim();
    String reference = JobResults.reference(claim);
    queue
        .leases()
        .complete(claim, reference, (c, done) -> JobResults.writeIn(c, reference, "main", result))
        .block();
    JobResults results = new JobResults(queue);
    assertThat(database.number("SELECT count(*) FROM queue_result_default")).isZero();

    // days for which nobody made a partition
    database.advance(Duration.ofDays(10));
    ClaimedJob stray = submitAndClaim();
    String strayReference = JobResults.reference(stray);
    queue
        .leases()
        .complete(
            stray,
            strayReference,
            (c, done) -> JobResults.writeIn(c, strayReference, "main", result))
        .block();
    assertThat(database.number("SELECT count(*) FROM queue_result_default")).isEqualTo(1);

    maintenance.clean().block();
    assertThat(results.read(reference, "main").blockOptional()).isEmpty();
    assertThat(results.read(strayReference, "main").block()).isEqualTo(result);
    assertThat(
            database.number(
                "SELECT count(*) FROM pg_inherits WHERE inhparent = 'queue_result'::regclass"))
        .as("three new days and the default; today's results are in the default")
        .isEqualTo(4);

    database.advance(Duration.ofDays(4));
    maintenance.clean().block();
    assertThat(results.read(strayReference, "main").blockOptional()).isEmpty();
    assertThat(queue.get("a", job.id()).blockOptional()).isEmpty();
  }

  @Test
  void aTableThatSomebodyReadsDoesNotKeepOldRows() throws SQLException {
    Job old = submit(NewJob.of("k", "a", "{}"));
    queue.cancel("a", old.id()).block();
    database.advance(Duration.ofDays(4));
    try (Connection reader =
            DriverManager.getConnection(
                database.jdbcUrl(), database.username(), database.password());
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      // a backup, say: results of that day cannot be dropped while it reads them
      statement.execute("LOCK TABLE queue_result IN ACCESS SHARE MODE");
      assertThatThrownBy(() -> maintenance.clean().block()).hasStackTraceContaining("lock timeout");
      assertThat(queue.get("a", old.id()).blockOptional()).isEmpty();
    }
  }

  @Test
  void whatIsStillNeededStays() {
    database.execute("CREATE TABLE needed (job uuid)");
    QueueMaintenance keeping =
        new QueueMaintenance(
            queue, TWO_DAYS.keepingIf("EXISTS (SELECT FROM needed n WHERE n.job = j.id)"));
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      jobs.add(submit(NewJob.of("k", "a", "{}")));
      queue.cancel("a", jobs.get(i).id()).block();
    }
    // more than a batch, and the oldest
    for (int i = 0; i < 4; i++) {
      database.execute("INSERT INTO needed VALUES ('" + jobs.get(i).id() + "')");
    }
    database.advance(Duration.ofDays(3));
    assertThat(keeping.clean().block()).isEqualTo(3);
    database.execute("TRUNCATE needed");
    assertThat(keeping.clean().block()).isEqualTo(4);
  }

  private ClaimedJob submitAndClaim() {
    submit(NewJob.of("k", "a", "{}"));
    return claim();
  }

  @Test
  void onceStartedItLooksByItself() {
    Job job = submit(NewJob.of("k", "a", "{}").maxAttempts(1));
    claim();
    maintenance.start();
    database.advance(Duration.ofSeconds(31));
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(status(job)).isEqualTo(JobStatus.FAILED));
    assertThat(ended(job)).isEqualTo("failed");
  }
}
