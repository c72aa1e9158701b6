package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.CancelOutcome;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.IdempotencyKey;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.Progress;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.job.TenantLimits;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.testing.TestDatabase;
import org.omnimamba.queue.worker.JobWorker;
import org.omnimamba.queue.worker.WorkerOptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What is sent to the database for a kind whose jobs have a hook at their end, and in which order.
 */
class RoundTripsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String KIND = "hooked";

  private final List<JobStatus> ends = new CopyOnWriteArrayList<>();
  private TestDatabase database;
  private WatchedConnections connections;
  private JobQueue queue;

  @BeforeEach
  void open() {
    database = TestDatabase.create();
    connections = new WatchedConnections(database.pool(6));
    queue =
        JobQueue.builder(connections)
            .options(QueueOptions.DEFAULTS.withLimits(Map.of("closed", new TenantLimits(null, 0))))
            .onTerminal(KIND, (connection, job) -> Mono.fromRunnable(() -> ends.add(job.status())))
            .build();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Job submit() {
    return ((SubmitOutcome.Accepted) queue.submit(NewJob.of(KIND, "a", "{}").build()).block())
        .job();
  }

  private ClaimedJob claim() {
    submit();
    return queue.leases().claim(KIND, "w", 1).block().get(0);
  }

  /** The statements that the call sends, but for hints, which go their own way. */
  private List<String> sentBy(Mono<?> call) {
    connections.sent.clear();
    call.block(SOON);
    return connections.sent.stream().filter(sql -> !sql.contains("pg_notify")).toList();
  }

  @Test
  void whatCannotEndAJobIsOneStatement() {
    ClaimedJob claim = claim();
    assertThat(sentBy(queue.leases().progress(claim, Progress.of(1, 2)))).hasSize(1);
    assertThat(sentBy(queue.leases().release(claim))).hasSize(1);
    ClaimedJob again = queue.leases().claim(KIND, "w", 1).block().get(0);
    JobError absent = new JobError("absent", "not there");
    assertThat(sentBy(queue.leases().postpone(again, absent, Duration.ZERO, TransactionHook.NONE)))
        .hasSize(1);
    ClaimedJob running = queue.leases().claim(KIND, "w", 1).block().get(0);
    assertThat(sentBy(queue.cancel(running.job()))).hasSize(1);
    assertThat(ends).isEmpty();
  }

  @Test
  void theEndOfAJobWithAHookIsOneStatementInATransaction() {
    ClaimedJob claim = claim();
    List<String> sent = sentBy(queue.leases().complete(claim, null, TransactionHook.NONE));
    assertThat(sent).hasSize(3).last().isEqualTo("COMMIT");
    assertThat(sent.get(0)).startsWith("BEGIN; SET LOCAL idle_in_transaction_session_timeout = ");
    assertThat(ends).containsExactly(JobStatus.COMPLETED);
  }

  @Test
  void aTransactionThatCouldNotBeginLeavesNoneOnItsConnection() {
    Db broken = new Db(database.pool(1), Duration.ofDays(10_000));
    assertThatThrownBy(() -> broken.transaction(c -> Mono.just(1)).block(SOON))
        .isInstanceOf(R2dbcException.class)
        .hasMessageContaining("idle_in_transaction_session_timeout");
    assertThat(broken.query(row -> row.get(0, Integer.class), "SELECT 1 AS alive").blockFirst(SOON))
        .isEqualTo(1);
  }

  @Test
  void aReleaseThatEndsACancelledJobRunsItsHook() {
    ClaimedJob claim = claim();
    queue.cancel(claim.job()).block();
    assertThat(queue.leases().release(claim).block().status()).isEqualTo(JobStatus.CANCELLED);
    ClaimedJob other = claim();
    queue.cancel("a", other.job().id()).block();
    JobError absent = new JobError("absent", "not there");
    assertThat(
            queue
                .leases()
                .postpone(other, absent, Duration.ZERO, TransactionHook.NONE)
                .block()
                .status())
        .isEqualTo(JobStatus.CANCELLED);
    assertThat(ends).containsExactly(JobStatus.CANCELLED, JobStatus.CANCELLED);
  }

  @Test
  void cancellingGoesByTheRowAndNotByWhatWasSeen() {
    Job waiting = submit();
    ClaimedJob claim = queue.leases().claim(KIND, "w", 1).block().get(0);
    assertThat(queue.cancel(waiting).block()).isInstanceOf(CancelOutcome.Cancelling.class);
    queue.leases().release(claim).block();
    ClaimedJob seen = claim();
    queue.leases().release(seen).block();
    assertThat(queue.cancel(seen.job()).block()).isInstanceOf(CancelOutcome.Cancelled.class);
    assertThat(queue.cancel(seen.job()).block()).isInstanceOf(CancelOutcome.AlreadyFinished.class);
    assertThat(ends).containsExactly(JobStatus.CANCELLED, JobStatus.CANCELLED);
  }

  @Test
  void aFullLineRefusesWithOneInsert() {
    NewJob plain = NewJob.of("closed", "a", "{}").build();
    assertThat(sentBy(queue.submit(plain)).stream().filter(sql -> sql.startsWith("INSERT")))
        .hasSize(1);
    NewJob keyed =
        NewJob.of("closed", "a", "{}").idempotencyKey(new IdempotencyKey("k", new byte[1])).build();
    assertThat(sentBy(queue.submit(keyed)).stream().filter(sql -> sql.startsWith("INSERT")))
        .hasSize(1);
  }

  @Test
  void theEndOfAnAttemptWaitsForTheProgressOnItsWay() {
    Sinks.Empty<Void> gate = connections.hold("SET progress_done");
    JobWorker worker =
        new JobWorker(
            queue,
            KIND,
            context -> {
              context.progress(Progress.of(1, 2));
              return Mono.empty();
            },
            WorkerOptions.of("w", 1),
            null);
    worker.start();
    Job job = submit();
    await().atMost(SOON).until(() -> connections.count("SET progress_done") == 1);
    assertThat(queue.get("a", job.id()).block().status()).isEqualTo(JobStatus.IN_PROGRESS);
    assertThat(connections.count("status = 'completed', result_reference")).isZero();
    gate.tryEmitEmpty();
    await()
        .atMost(SOON)
        .until(() -> queue.get("a", job.id()).block().status() == JobStatus.COMPLETED);
    await().atMost(SOON).until(() -> worker.running() == 0);
    assertThat(worker.stats().lost()).isZero();
    assertThat(worker.stats().completed()).isEqualTo(1);
    worker.drain().block(SOON);
  }

  @Test
  void aHintOfAClaimFindsItCommitted() {
    // commits that take long: the rows of a claim then arrive well before it is there for others
    database.execute(
        "CREATE FUNCTION slow_commit() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END';"
            + " CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON queue_job DEFERRABLE INITIALLY"
            + " DEFERRED FOR EACH ROW WHEN (NEW.status = 'in_progress')"
            + " EXECUTE FUNCTION slow_commit()");
    QueueListener listener = new QueueListener(database.connections());
    listener.start();
    await().atMost(SOON).until(listener::isConnected);
    List<JobStatus> seen = new CopyOnWriteArrayList<>();
    listener
        .signals()
        .ofType(QueueSignal.Changed.class)
        .concatMap(changed -> queue.get("a", changed.id()))
        .subscribe(job -> seen.add(job.status()));
    submit();
    await().atMost(SOON).until(() -> seen.size() == 1);
    queue.leases().claim(KIND, "w", 1).block();
    await().atMost(SOON).until(() -> seen.size() == 2);
    assertThat(seen).containsExactly(JobStatus.QUEUED, JobStatus.IN_PROGRESS);
    listener.close();
  }
}
