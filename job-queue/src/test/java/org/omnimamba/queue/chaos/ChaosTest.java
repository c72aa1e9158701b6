package org.omnimamba.queue.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.r2dbc.pool.ConnectionPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.job.IdempotencyKey;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.testing.PostgresServer;
import org.omnimamba.queue.testing.TestDatabase;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Thousands of jobs over three worker processes that are killed, on a durable database whose
 * backends are terminated and which is restarted: every job ends once, with one effect and its
 * result.
 *
 * <p>Half of the jobs have a key and a hook. The other half has neither, so that their submissions
 * and completions share statements, which the dying backends break; they are reconciled by their
 * payload.
 *
 * <p>Without settings this is the short form; {@code -Pchaos} runs the long one.
 */
class ChaosTest {
  private static final int JOBS = Integer.getInteger("chaos.jobs", 1200);
  private static final Duration LEASE = Duration.ofMillis(Long.getLong("chaos.lease.millis", 3000));
  private static final int WORK_MILLIS = Integer.getInteger("chaos.work.millis", 400);
  private static final int KILLS = Integer.getInteger("chaos.kills", 5);
  private static final int RESTARTS = Integer.getInteger("chaos.restarts", 1);
  private static final boolean TIMED = Boolean.getBoolean("chaos.timed");
  private static final int WORKERS = 3;
  private static final int BURST = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Random random = new Random(20261123);
  private final List<WorkerProcess> workers = new ArrayList<>();
  private final Set<UUID> accepted = ConcurrentHashMap.newKeySet();
  private final AtomicInteger started = new AtomicInteger();
  private TestDatabase database;
  private Path logs;

  /** Seconds during which nobody could recover anything; the reader of a long wait needs it. */
  private double longestRestart;

  @Test
  void everyJobEndsOnceWhateverDies() throws Exception {
    logs = Files.createDirectories(Path.of("target", "chaos"));
    try (PostgresServer server = PostgresServer.start(PostgresServer.Durability.FULL)) {
      database = TestDatabase.create(server);
      database.execute(
          "CREATE TABLE chaos_execution (job uuid NOT NULL, token bigint NOT NULL, worker text, at"
              + " timestamptz NOT NULL DEFAULT clock_timestamp());CREATE TABLE chaos_effect (job"
              + " uuid NOT NULL, token bigint NOT NULL, worker text)");
      Recoveries recoveries = new Recoveries(database);
      try {
        for (int i = 0; i < WORKERS; i++) {
          startWorker();
        }
        ConnectionPool pool = database.pool(4);
        Mono<Long> submitted =
            Mono.fromCallable(() -> submit(pool)).subscribeOn(Schedulers.boundedElastic()).cache();
        submitted.subscribe(null, error -> {});
        storm(server, recoveries);
        assertThat(submitted.block(Duration.ofMinutes(5))).isEqualTo(JOBS);
        awaitEnd();
        for (WorkerProcess worker : workers) {
          assertThat(worker.stop()).as(worker.name()).isZero();
        }
        check(recoveries);
      } finally {
        for (WorkerProcess worker : workers) {
          worker.kill();
        }
        database.close();
      }
    }
  }

  /**
   * Submits through whatever happens, as fast as jobs end, so that every blow meets submissions. A
   * repetition with the same key makes no second job; one without a key may.
   */
  private long submit(ConnectionPool pool) {
    JobQueue queue = JobQueue.builder(pool).build();
    for (int from = 0; from < JOBS; from += BURST) {
      await()
          .atMost(Duration.ofMinutes(10))
          .pollInterval(Duration.ofMillis(50))
          .ignoreExceptions()
          .until(() -> queue.depth(ChaosWorker.KIND).block(PATIENCE).queued() < 2 * BURST);
      Flux.range(from, Math.min(BURST, JOBS - from))
          .flatMap(
              n ->
                  queue
                      .submit(job(n))
                      .timeout(PATIENCE)
                      .retryWhen(
                          Retry.backoff(1000, Duration.ofMillis(50))
                              .maxBackoff(Duration.ofSeconds(1))),
              BURST)
          .doOnNext(outcome -> accepted.add(idOf(outcome)))
          .blockLast(Duration.ofMinutes(5));
    }
    return JOBS;
  }

  private static NewJob job(int n) {
    NewJob.Builder job =
        NewJob.of(ChaosWorker.KIND, "tenant-" + n % 7, ChaosWorker.payload(n)).maxAttempts(1000);
    return ChaosWorker.isPlain(n)
        ? job.build()
        : job.idempotencyKey(new IdempotencyKey("job-" + n, new byte[] {1})).build();
  }

  private static UUID idOf(SubmitOutcome outcome) {
    if (outcome instanceof SubmitOutcome.Accepted accepted) {
      return accepted.job().id();
    }
    if (outcome instanceof SubmitOutcome.StillRunning running) {
      return running.job().id();
    }
    if (outcome instanceof SubmitOutcome.Replayed replayed) {
      return replayed.job().id();
    }
    throw new AssertionError(outcome);
  }

  /** One blow each time a further share of the jobs has ended, so that all of them fall. */
  private void storm(PostgresServer server, Recoveries recoveries) throws Exception {
    int blows = KILLS * 3 + RESTARTS;
    int kills = 0;
    int restarts = 0;
    for (int blow = 1; blow <= blows; blow++) {
      long mark = (long) JOBS * blow / (blows + 2);
      await()
          .atMost(Duration.ofMinutes(10))
          .pollInterval(Duration.ofMillis(100))
          .until(() -> completed() >= mark);
      if (restarts < RESTARTS && blow * RESTARTS >= (restarts + 1) * blows / 2) {
        restarts++;
        long down = System.nanoTime();
        server.restart();
        await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> effects() >= 0);
        longestRestart = Math.max(longestRestart, (System.nanoTime() - down) / 1e9);
      } else if (blow % 3 == 0 && kills < KILLS) {
        kills++;
        WorkerProcess victim = workers.remove(random.nextInt(workers.size()));
        assertThat(victim.isAlive()).as(victim.name()).isTrue();
        victim.kill();
        recoveries.noteKill(victim.name());
        startWorker();
      } else {
        terminateBackends();
      }
    }
    assertThat(kills).isEqualTo(KILLS);
    assertThat(restarts).isEqualTo(RESTARTS);
  }

  private void startWorker() throws IOException {
    String name = "worker-" + started.incrementAndGet();
    workers.add(WorkerProcess.start(name, database.r2dbcUrl(), LEASE, WORK_MILLIS, logs));
  }

  /** About half of the workers' and the submitter's connections. */
  private void terminateBackends() {
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            + " AND datname = current_database() AND random() < 0.5");
  }

  private long effects() {
    return database.number("SELECT count(*) FROM chaos_effect");
  }

  private long completed() {
    return database.number("SELECT count(*) FROM queue_job WHERE status = 'completed'");
  }

  private void awaitEnd() {
    await()
        .atMost(LEASE.multipliedBy(4).plus(Duration.ofMinutes(3)))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> database.number("SELECT count(*) FROM queue_job WHERE finished_at IS NULL") == 0);
  }

  private void check(Recoveries recoveries) throws IOException {
    long jobs = database.number("SELECT count(*) FROM queue_job");
    assertThat(completed()).as("jobs that completed").isEqualTo(jobs);
    assertThat(
            database.number(
                "SELECT count(*) FROM (SELECT job FROM chaos_history WHERE status = 'completed'"
                    + " GROUP BY job HAVING count(*) = 1) once"))
        .as("jobs that completed once")
        .isEqualTo(jobs);
    assertThat(ids()).as("jobs that were accepted and are there").containsAll(accepted);
    assertThat(database.number("SELECT count(DISTINCT payload) FROM queue_job")).isEqualTo(JOBS);
    assertThat(
            database.number(
                "SELECT count(*) FROM queue_job WHERE idempotency_key IS NULL AND"
                    + " result_reference IS DISTINCT FROM 'plain:' || payload"))
        .as("plain jobs without their own result")
        .isZero();
    long keyed =
        database.number("SELECT count(*) FROM queue_job WHERE idempotency_key IS NOT NULL");
    assertThat(keyed).isEqualTo(JOBS / 2);
    assertThat(effects()).isEqualTo(keyed);
    assertThat(database.number("SELECT count(DISTINCT job) FROM chaos_effect")).isEqualTo(keyed);
    assertThat(
            database.number(
                "SELECT count(*) FROM queue_job j JOIN queue_result r ON r.job_id = j.id"
                    + " AND convert_from(r.body, 'UTF8') = j.payload"
                    + " AND j.result_reference = 'pg:' || r.stored_on || ':' || j.id"))
        .as("results that are there and are their own job's")
        .isEqualTo(keyed);
    long executions = database.number("SELECT count(*) FROM chaos_execution");
    List<Double> waits = recoveries.seconds();
    report(executions - jobs, jobs - JOBS, waits);
    Files.writeString(logs.resolve("slowest.txt"), recoveries.slowest() + "\n");
    assertThat(waits).isNotEmpty();
    if (TIMED) {
      assertThat(Recoveries.quantile(waits, 0.99)).isLessThan(45);
    } else {
      assertThat(Recoveries.quantile(waits, 1)).isLessThan(3 * LEASE.toSeconds() + longestRestart);
    }
  }

  private Set<UUID> ids() {
    return Arrays.stream(
            database.text("SELECT string_agg(id::text, ',') FROM queue_job").split(",", -1))
        .map(UUID::fromString)
        .collect(Collectors.toSet());
  }

  private void report(long duplicates, long repeated, List<Double> waits) throws IOException {
    String json =
        String.format(
            java.util.Locale.ROOT,
            "{\"jobs\": %d, \"workers\": %d, \"lease_s\": %.1f, \"kills\": %d, \"restarts\": %d,"
                + " \"backend_storms\": %d, \"lost\": 0, \"duplicate_effects\": 0,"
                + " \"repeated_submissions\": %d, \"duplicate_executions\": %d, \"recovered\": %d, \"recovery_s_p50\": %.1f,"
                + " \"recovery_s_p99\": %.1f, \"recovery_s_max\": %.1f,"
                + " \"restart_s_max\": %.1f}",
            JOBS,
            WORKERS,
            LEASE.toMillis() / 1000.0,
            KILLS,
            RESTARTS,
            KILLS * 2,
            repeated,
            duplicates,
            waits.size(),
            waits.isEmpty() ? -1 : Recoveries.quantile(waits, 0.5),
            waits.isEmpty() ? -1 : Recoveries.quantile(waits, 0.99),
            waits.isEmpty() ? -1 : Recoveries.quantile(waits, 1),
            longestRestart);
    Files.writeString(logs.resolve("report.json"), json + "\n");
    System.out.println("chaos: " + json);
  }
}
