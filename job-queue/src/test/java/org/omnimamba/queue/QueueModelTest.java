package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.omnimamba.queue.job.CancelOutcome;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.DeadLetterFilter;
import org.omnimamba.queue.job.DeleteOutcome;
import org.omnimamba.queue.job.IdempotencyKey;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.LeaseLostException;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.Progress;
import org.omnimamba.queue.job.RedriveOutcome;
import org.omnimamba.queue.job.RedrivenJobs;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.job.TenantLimits;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.testing.TestDatabase;
import reactor.core.publisher.Mono;

/**
 * Random operations by several workers, some of whom sleep through their leases, on the real queue
 * and on a model in memory: after each operation both must agree on every job, and on how often
 * each job has ended. The database's clock stands still unless an operation moves it.
 */
class QueueModelTest {
  private static final String KIND = "model";

  private static TestDatabase database;
  private static JobQueue queue;
  private static JobLeases leases;
  private static QueueMaintenance maintenance;

  private QueueModel model = new QueueModel();

  /** Every claim that was ever handed out, also those that no longer hold. */
  private final List<ClaimedJob> claims = new ArrayList<>();

  @BeforeContainer
  static void open() {
    database = TestDatabase.create();
    database.execute("CREATE TABLE model_clock (at timestamptz NOT NULL)");
    database.execute("CREATE TABLE ending (job uuid)");
    database.execute(
        "CREATE OR REPLACE FUNCTION queue_now() RETURNS timestamptz LANGUAGE sql VOLATILE"
            + " AS 'SELECT max(at) FROM model_clock'");
    queue =
        JobQueue.builder(database.pool(3))
            .options(
                new QueueOptions(
                    Duration.ofMillis(QueueModel.LEASE),
                    Duration.ofMillis(QueueModel.AGEING),
                    Map.of(KIND, new TenantLimits(QueueModel.CAP, QueueModel.DEPTH))))
            .onTerminal(
                KIND,
                (connection, job) ->
                    Statements.update(connection, "INSERT INTO ending VALUES ($1)", job.id())
                        .then())
            .build();
    leases = queue.leases();
    maintenance = new QueueMaintenance(queue, RetentionOptions.DEFAULTS);
  }

  @AfterContainer
  static void close() {
    database.close();
  }

  enum Action {
    SUBMIT,
    SUBMIT_WITH_KEY,
    CLAIM,
    HEARTBEAT,
    PROGRESS,
    COMPLETE,
    FAIL,
    FAIL_FOR_GOOD,
    RELEASE,
    POSTPONE,
    CONFIRM_CANCELLED,
    CONFIRM_EXPIRED,
    CANCEL,
    REDRIVE,
    REDRIVE_ALL,
    DELETE,
    PASS_TIME,
    RECLAIM,
    EXPIRE
  }

  /** An action, and two numbers from which it takes whatever it needs. */
  record Step(Action action, int one, int two) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Action> actions =
        Arbitraries.frequencyOf(
            Tuple.of(5, Arbitraries.just(Action.CLAIM)),
            Tuple.of(4, Arbitraries.just(Action.SUBMIT)),
            Tuple.of(12, Arbitraries.of(Action.class)));
    Arbitrary<Integer> numbers = Arbitraries.integers().between(0, 999);
    return Combinators.combine(actions, numbers, numbers)
        .as(Step::new)
        .list()
        .ofMinSize(20)
        .ofMaxSize(80);
  }

  @Property
  void theQueueDoesWhatTheModelDoes(@ForAll("steps") List<Step> steps) {
    model = new QueueModel();
    claims.clear();
    database.execute(
        "TRUNCATE queue_job, queue_tenant, model_clock, ending;"
            + " INSERT INTO model_clock VALUES ("
            + time(model.now)
            + ")");
    for (Step step : steps) {
      passTime(1);
      perform(step);
      assertThat(rows()).as("after %s", step).isEqualTo(model.rows());
      assertThat(endings()).as("after %s", step).isEqualTo(model.endings());
    }
  }

  private void perform(Step step) {
    switch (step.action()) {
      case SUBMIT -> submit(step, null);
      case SUBMIT_WITH_KEY -> submit(step, "key-" + step.two() % 3);
      case CLAIM -> claim(1 + step.one() % 4);
      case HEARTBEAT -> heartbeat();
      case CANCEL -> withJob(step, this::cancel);
      case REDRIVE -> withJob(step, this::redrive);
      case REDRIVE_ALL -> redriveAll(step);
      case DELETE -> withJob(step, this::delete);
      case PASS_TIME -> passTime(100 * (1 + step.one() % 400));
      case RECLAIM -> {
        maintenance.reclaimLost().block();
        model.reclaim();
      }
      case EXPIRE -> {
        maintenance.expireOverdue().block();
        model.expireOverdue();
      }
      default -> writeUnderAClaim(step);
    }
  }

  private void submit(Step step, String key) {
    String tenant = "tenant-" + step.one() % 3;
    int hash = step.one() % 2;
    int[] deadlines = {0, 20, 60};
    int deadline = deadlines[step.two() % 3];
    NewJob job =
        NewJob.of(KIND, tenant, "{}")
            .priority(step.one() % 3)
            .maxAttempts(1 + step.two() % 3)
            .deadline(deadline == 0 ? null : Duration.ofSeconds(deadline))
            .idempotencyKey(key == null ? null : new IdempotencyKey(key, new byte[] {(byte) hash}))
            .build();
    SubmitOutcome outcome = queue.submit(job).block();
    ModelJob earlier = key == null ? null : model.byKey(tenant, key).orElse(null);
    if (earlier == null && model.room(tenant) <= 0) {
      assertThat(outcome)
          .isInstanceOfSatisfying(
              SubmitOutcome.QueueFull.class,
              full -> assertThat(full.limit()).isEqualTo(QueueModel.DEPTH));
    } else if (earlier == null) {
      assertThat(outcome).isInstanceOf(SubmitOutcome.Accepted.class);
      UUID id = ((SubmitOutcome.Accepted) outcome).job().id();
      long until = deadline == 0 ? QueueModel.NEVER : model.now + 1000L * deadline;
      model.jobs.put(
          id,
          new ModelJob(id, tenant, job.priority(), job.maxAttempts(), key, hash, until, model.now));
    } else if (earlier.hash != hash) {
      assertThat(outcome).isInstanceOf(SubmitOutcome.KeyReused.class);
    } else if (earlier.status.isTerminal()) {
      assertThat(outcome).isInstanceOf(SubmitOutcome.Replayed.class);
    } else {
      assertThat(outcome).isInstanceOf(SubmitOutcome.StillRunning.class);
    }
  }

  private void claim(int limit) {
    List<ClaimedJob> claimed = leases.claim(KIND, "w", limit).block();
    List<ModelJob> expected = model.claim(limit);
    assertThat(claimed)
        .extracting(claim -> claim.job().id())
        .containsExactlyInAnyOrderElementsOf(expected.stream().map(job -> job.id).toList());
    claims.addAll(claimed);
  }

  private void heartbeat() {
    List<String> held =
        leases.heartbeat(claims).block().stream().map(h -> h.id() + " " + h.token()).toList();
    List<String> expected = new ArrayList<>();
    for (ClaimedJob claim : claims) {
      ModelJob job = model.jobs.get(claim.job().id());
      if (job != null && job.isHeldUnder(claim.token())) {
        job.leaseUntil = model.now + QueueModel.LEASE;
        expected.add(job.id + " " + job.token);
      }
    }
    assertThat(held).containsExactlyInAnyOrderElementsOf(expected);
  }

  private void writeUnderAClaim(Step step) {
    if (claims.isEmpty()) {
      return;
    }
    ClaimedJob claim = claims.get(step.one() % claims.size());
    long token = claim.token();
    long retryIn = 100L * (step.two() % 200);
    JobError error = new JobError("code-" + step.two() % 2, "message");
    TransactionHook none = TransactionHook.NONE;
    ModelJob job = model.jobs.get(claim.job().id());
    boolean holds = job != null;
    Mono<Job> write;
    switch (step.action()) {
      case PROGRESS -> {
        write = leases.progress(claim, Progress.of(step.two(), 1000));
        holds = holds && job.isHeldUnder(token);
      }
      case COMPLETE -> {
        write = leases.complete(claim, "result", none);
        holds = holds && model.complete(job, token);
      }
      case FAIL -> {
        write = leases.fail(claim, error, Duration.ofMillis(retryIn), none);
        holds = holds && model.fail(job, token, retryIn, error.code());
      }
      case FAIL_FOR_GOOD -> {
        write = leases.fail(claim, error, null, none);
        holds = holds && model.fail(job, token, -1, error.code());
      }
      case RELEASE -> {
        write = leases.release(claim);
        holds = holds && model.release(job, token);
      }
      case POSTPONE -> {
        write = leases.postpone(claim, error, Duration.ofMillis(retryIn), none);
        holds = holds && model.postpone(job, token, retryIn, error.code());
      }
      case CONFIRM_CANCELLED -> {
        write = leases.cancelled(claim, none);
        holds = holds && model.cancelled(job, token);
      }
      case CONFIRM_EXPIRED -> {
        write = leases.expired(claim, none);
        holds = holds && model.expired(job, token);
      }
      default -> throw new AssertionError(step.action());
    }
    boolean written =
        write
            .thenReturn(true)
            .onErrorResume(LeaseLostException.class, lost -> Mono.just(false))
            .block();
    assertThat(written).isEqualTo(holds);
  }

  private void withJob(Step step, java.util.function.Consumer<ModelJob> change) {
    List<ModelJob> jobs = List.copyOf(model.jobs.values());
    if (!jobs.isEmpty()) {
      change.accept(jobs.get(step.one() % jobs.size()));
    }
  }

  private void cancel(ModelJob job) {
    CancelOutcome outcome = queue.cancel(job.tenant, job.id).block();
    if (job.status == JobStatus.QUEUED) {
      job.end(JobStatus.CANCELLED, model.now);
      assertThat(outcome).isInstanceOf(CancelOutcome.Cancelled.class);
    } else if (job.isRunning()) {
      job.status = JobStatus.CANCELLING;
      assertThat(outcome).isInstanceOf(CancelOutcome.Cancelling.class);
    } else {
      assertThat(outcome).isInstanceOf(CancelOutcome.AlreadyFinished.class);
    }
  }

  private void redrive(ModelJob job) {
    RedriveOutcome outcome = queue.redrive(job.tenant, job.id, null).block();
    if (!job.isDead()) {
      assertThat(outcome).isInstanceOf(RedriveOutcome.NotDead.class);
    } else if (model.room(job.tenant) <= 0) {
      assertThat(outcome).isInstanceOf(RedriveOutcome.QueueFull.class);
    } else {
      assertThat(outcome).isInstanceOf(RedriveOutcome.Redriven.class);
      job.redrive(model.now);
    }
  }

  private void redriveAll(Step step) {
    String tenant = "tenant-" + step.one() % 3;
    JobStatus status = step.one() % 2 == 0 ? JobStatus.FAILED : JobStatus.EXPIRED;
    String code = step.two() % 3 == 0 ? "code-0" : null;
    int limit = 1 + step.two() % 4;
    List<ModelJob> dead = model.dead(tenant, status, code);
    int most = (int) Math.min(limit, Math.max(0, model.room(tenant)));
    RedrivenJobs outcome =
        queue
            .redriveAll(tenant, new DeadLetterFilter(KIND, status, code, null, null, limit))
            .block();
    List<ModelJob> redriven = outcome.jobs().stream().map(job -> model.jobs.get(job.id())).toList();
    assertThat(redriven).hasSize(Math.min(most, dead.size()));
    // in any order among those that ended at the same time
    assertThat(redriven.stream().map(job -> job.finished).sorted().toList())
        .isEqualTo(dead.stream().limit(redriven.size()).map(job -> job.finished).toList());
    assertThat(dead).containsAll(redriven);
    assertThat(outcome.more()).isEqualTo(dead.size() > redriven.size());
    redriven.forEach(job -> job.redrive(model.now));
  }

  private void delete(ModelJob job) {
    DeleteOutcome outcome = queue.delete(job.tenant, job.id).block();
    if (job.status.isTerminal()) {
      assertThat(outcome).isInstanceOf(DeleteOutcome.Deleted.class);
      queue.db().update("DELETE FROM ending WHERE job = $1", job.id).block();
      model.jobs.remove(job.id);
    } else {
      assertThat(outcome).isInstanceOf(DeleteOutcome.NotFinished.class);
    }
  }

  private void passTime(long millis) {
    model.now += millis;
    queue.db().update("UPDATE model_clock SET at = " + time(model.now)).block();
  }

  private static String time(long millis) {
    return "(timestamptz '2026-01-01 00:00:00Z' + " + millis + " * interval '1 ms')";
  }

  private static Map<String, String> rows() {
    return map(
        "SELECT string_agg(concat_ws(' ', id || '=' || status, token, attempt, "
            + millis("available_at")
            + ", "
            + millis("ranked_at")
            + ", COALESCE(error_code, '-')), ';') FROM queue_job");
  }

  private static String millis(String column) {
    return "(EXTRACT(EPOCH FROM " + column + " - " + time(0) + ") * 1000)::bigint";
  }

  private static Map<String, String> endings() {
    return map(
        "SELECT string_agg(job || '=' || n, ';')"
            + " FROM (SELECT job, count(*) AS n FROM ending GROUP BY job) e");
  }

  private static Map<String, String> map(String sql) {
    Map<String, String> map = new HashMap<>();
    String text =
        queue.db().query(row -> String.valueOf(row.get(0, String.class)), sql).blockFirst();
    if (!text.equals("null")) {
      for (String entry : text.split(";", -1)) {
        int at = entry.indexOf('=');
        map.put(entry.substring(0, at), entry.substring(at + 1));
      }
    }
    return map;
  }
}
