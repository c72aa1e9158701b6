package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.CancelOutcome;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.DeleteOutcome;
import org.omnimamba.queue.job.IdempotencyKey;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.JobFilter;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.LeaseLostException;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.Progress;
import org.omnimamba.queue.job.QueueDepth;
import org.omnimamba.queue.job.RedriveOutcome;
import org.omnimamba.queue.job.StoredResult;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.job.TenantLimits;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.testing.TestDatabase;
import reactor.core.publisher.Mono;

class JobQueueTest {

  private static TestDatabase database;
  private static JobQueue queue;
  private static JobLeases leases;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
    queue =
        JobQueue.builder(database.pool(5))
            .options(
                QueueOptions.DEFAULTS.withLimits(
                    Map.of("deep", new TenantLimits(null, 3), "narrow", new TenantLimits(2, null))))
            .build();
    leases = queue.leases();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static Job submit(NewJob.Builder job) {
    SubmitOutcome outcome = queue.submit(job.build()).block();
    assertThat(outcome).isInstanceOf(SubmitOutcome.Accepted.class);
    return ((SubmitOutcome.Accepted) outcome).job();
  }

  private static ClaimedJob claimOne(String kind) {
    List<ClaimedJob> claims = leases.claim(kind, "w", 1).block();
    assertThat(claims).hasSize(1);
    return claims.get(0);
  }

  private static Job get(Job job) {
    return queue.get(job.tenant(), job.id()).block();
  }

  @Test
  void aJobGoesFromTheLineToItsResult() {
    Job job = submit(NewJob.of("path", "a", "{\"x\":1}").attributes("{\"m\":\"n\"}").priority(2));
    assertThat(job.status()).isEqualTo(JobStatus.QUEUED);
    assertThat(job.attributes()).isEqualTo("{\"m\":\"n\"}");
    assertThat(queue.payload("a", job.id()).block()).isEqualTo("{\"x\":1}");

    ClaimedJob claim = claimOne("path");
    assertThat(claim.job().status()).isEqualTo(JobStatus.IN_PROGRESS);
    assertThat(claim.job().attempt()).isEqualTo(1);
    assertThat(claim.payload()).isEqualTo("{\"x\":1}");
    assertThat(leases.claim("path", "w", 1).block()).isEmpty();

    Job moved = leases.progress(claim, new Progress(3, 10, "{\"p\":1}")).block();
    assertThat(moved.progress()).isEqualTo(new Progress(3, 10, "{\"p\":1}"));
    assertThat(moved.version()).isGreaterThan(claim.job().version());

    Job done = leases.complete(claim, "ref", TransactionHook.NONE).block();
    assertThat(done.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(done.resultReference()).isEqualTo("ref");
    assertThat(done.times().finished()).isNotNull();
    assertThat(get(job)).isEqualTo(done);
  }

  @Test
  void anotherTenantSeesNothing() {
    Job job = submit(NewJob.of("foreign", "owner", "{}"));
    assertThat(queue.get("other", job.id()).blockOptional()).isEmpty();
    assertThat(queue.payload("other", job.id()).blockOptional()).isEmpty();
    assertThat(queue.cancel("other", job.id()).block()).isEqualTo(new CancelOutcome.NotFound());
    assertThat(queue.delete("other", job.id()).block()).isEqualTo(new DeleteOutcome.NotFound());
    assertThat(queue.redrive("other", job.id(), null).block())
        .isEqualTo(new RedriveOutcome.NotFound());
    assertThat(queue.list("other", new JobFilter("foreign", null, null, 10)).block()).isEmpty();
    assertThat(get(job).status()).isEqualTo(JobStatus.QUEUED);
  }

  @Test
  void everyWriteOfALostClaimIsRefused() {
    submit(NewJob.of("fence", "a", "{}"));
    ClaimedJob first = claimOne("fence");
    leases.release(first).block();
    ClaimedJob second = claimOne("fence");
    assertThat(second.token()).isEqualTo(first.token() + 1);

    JobError error = new JobError("x", "y");
    for (Mono<Job> write :
        List.of(
            leases.progress(first, Progress.of(1, 2)),
            leases.complete(first, "r", TransactionHook.NONE),
            leases.fail(first, error, Duration.ZERO, TransactionHook.NONE),
            leases.cancelled(first, TransactionHook.NONE),
            leases.expired(first, TransactionHook.NONE),
            leases.release(first),
            leases.postpone(first, error, Duration.ZERO, TransactionHook.NONE))) {
      assertThatThrownBy(write::block).isInstanceOf(LeaseLostException.class);
    }
    assertThat(leases.heartbeat(List.of(first, second)).block())
        .containsExactly(new JobLeases.HeldLease(second.job().id(), second.token(), false));
    assertThat(get(second.job())).isEqualTo(second.job());
  }

  @Test
  void completingAgainAfterALostAnswerGivesTheSameJob() {
    submit(NewJob.of("again", "a", "{}"));
    ClaimedJob claim = claimOne("again");
    Job done = leases.complete(claim, "r", TransactionHook.NONE).block();
    TransactionHook never =
        (connection, job) -> Mono.error(new AssertionError("the hook ran twice"));
    assertThat(leases.complete(claim, "r", never).block()).isEqualTo(done);
  }

  @Test
  void aHookCommitsWithTheJobOrNotAtAll() {
    database.execute("CREATE TABLE effect (job uuid)");
    submit(NewJob.of("hook", "a", "{}"));
    ClaimedJob claim = claimOne("hook");
    TransactionHook write =
        (connection, job) ->
            Statements.update(connection, "INSERT INTO effect VALUES ($1)", job.id()).then();
    TransactionHook broken =
        (connection, job) ->
            Mono.from(write.inTransaction(connection, job))
                .then(Mono.error(new IllegalStateException("broken")));

    assertThatThrownBy(() -> leases.complete(claim, "r", broken).block())
        .hasMessageContaining("broken");
    assertThat(database.number("SELECT count(*) FROM effect")).isZero();
    assertThat(get(claim.job()).status()).isEqualTo(JobStatus.IN_PROGRESS);

    leases.complete(claim, "r", write).block();
    assertThat(database.number("SELECT count(*) FROM effect")).isEqualTo(1);
  }

  @Test
  void aFailedAttemptIsTriedAgainUntilNoneIsLeft() {
    Job job = submit(NewJob.of("retry", "a", "{}").maxAttempts(2));
    JobError error = new JobError("upstream", "down");
    Job waiting =
        leases.fail(claimOne("retry"), error, Duration.ofSeconds(5), TransactionHook.NONE).block();
    assertThat(waiting.status()).isEqualTo(JobStatus.QUEUED);
    assertThat(waiting.error()).isEqualTo(error);
    assertThat(leases.claim("retry", "w", 1).block()).isEmpty();

    database.advance(Duration.ofSeconds(6));
    Job failed =
        leases.fail(claimOne("retry"), error, Duration.ofSeconds(5), TransactionHook.NONE).block();
    assertThat(failed.status()).isEqualTo(JobStatus.FAILED);
    assertThat(failed.attempt()).isEqualTo(2);

    assertThat(queue.redrive("a", job.id(), null).block())
        .isInstanceOf(RedriveOutcome.Redriven.class);
    Job again = get(job);
    assertThat(again.status()).isEqualTo(JobStatus.QUEUED);
    assertThat(again.attempt()).isZero();
    assertThat(again.error()).isNull();
    leases.complete(claimOne("retry"), null, TransactionHook.NONE).block();
    assertThat(queue.redrive("a", job.id(), null).block())
        .isInstanceOf(RedriveOutcome.NotDead.class);
  }

  @Test
  void aPermanentFailureIsNotTriedAgain() {
    submit(NewJob.of("permanent", "a", "{}").maxAttempts(5));
    Job failed =
        leases
            .fail(claimOne("permanent"), new JobError("bad", "x"), null, TransactionHook.NONE)
            .block();
    assertThat(failed.status()).isEqualTo(JobStatus.FAILED);
    assertThat(failed.attempt()).isEqualTo(1);
  }

  @Test
  void noAttemptIsPlannedForAfterTheDeadline() {
    submit(NewJob.of("late", "a", "{}").maxAttempts(5).deadline(Duration.ofSeconds(60)));
    ClaimedJob claim = claimOne("late");
    assertThat(claim.timeLeft()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
    Job failed =
        leases
            .fail(claim, new JobError("x", "y"), Duration.ofSeconds(90), TransactionHook.NONE)
            .block();
    assertThat(failed.status()).isEqualTo(JobStatus.FAILED);
  }

  @Test
  void cancellingAWaitingJobIsDoneAtOnceAndARunningOneIsAsked() {
    Job waiting = submit(NewJob.of("cancel", "a", "{}"));
    assertThat(queue.cancel("a", waiting.id()).block())
        .isInstanceOfSatisfying(
            CancelOutcome.Cancelled.class,
            done -> assertThat(done.job().times().finished()).isNotNull());

    submit(NewJob.of("cancel", "a", "{}"));
    ClaimedJob claim = claimOne("cancel");
    assertThat(queue.cancel("a", claim.job().id()).block())
        .isInstanceOf(CancelOutcome.Cancelling.class);
    assertThat(leases.heartbeat(List.of(claim)).block())
        .containsExactly(new JobLeases.HeldLease(claim.job().id(), claim.token(), true));
    assertThat(leases.cancelled(claim, TransactionHook.NONE).block().status())
        .isEqualTo(JobStatus.CANCELLED);
    assertThat(queue.cancel("a", claim.job().id()).block())
        .isInstanceOf(CancelOutcome.AlreadyFinished.class);
    assertThat(queue.cancel("a", UUID.randomUUID()).block())
        .isEqualTo(new CancelOutcome.NotFound());
  }

  @Test
  void releasingDoesNotBurnAnAttempt() {
    submit(NewJob.of("release", "a", "{}").maxAttempts(1));
    assertThat(leases.release(claimOne("release")).block().attempt()).isZero();
    assertThat(claimOne("release").job().attempt()).isEqualTo(1);
  }

  @Test
  void theSameKeyGivesTheSameJobUnlessTheRequestDiffers() {
    IdempotencyKey key = new IdempotencyKey("k", "one".getBytes(StandardCharsets.UTF_8));
    IdempotencyKey other = new IdempotencyKey("k", "two".getBytes(StandardCharsets.UTF_8));
    Job job = submit(NewJob.of("key", "a", "{}").idempotencyKey(key));

    assertThat(queue.submit(NewJob.of("key", "a", "{}").idempotencyKey(key).build()).block())
        .isInstanceOfSatisfying(
            SubmitOutcome.StillRunning.class, o -> assertThat(o.job().id()).isEqualTo(job.id()));
    assertThat(queue.submit(NewJob.of("key", "a", "{}").idempotencyKey(other).build()).block())
        .isInstanceOf(SubmitOutcome.KeyReused.class);
    submit(NewJob.of("key-elsewhere", "b", "{}").idempotencyKey(other));

    leases.complete(claimOne("key"), "r", TransactionHook.NONE).block();
    assertThat(queue.submit(NewJob.of("key", "a", "{}").idempotencyKey(key).build()).block())
        .isInstanceOfSatisfying(
            SubmitOutcome.Replayed.class,
            o -> assertThat(o.job().resultReference()).isEqualTo("r"));
  }

  @Test
  void aFullLineRefusesButStillReplays() {
    IdempotencyKey key = new IdempotencyKey("full", new byte[] {1});
    submit(NewJob.of("deep", "a", "{}").idempotencyKey(key));
    submit(NewJob.of("deep", "a", "{}"));
    submit(NewJob.of("deep", "a", "{}"));
    assertThat(queue.submit(NewJob.of("deep", "a", "{}").build()).block())
        .isInstanceOfSatisfying(
            SubmitOutcome.QueueFull.class,
            full -> {
              assertThat(full.limit()).isEqualTo(3);
              assertThat(full.retryAfter()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            });
    assertThat(queue.submit(NewJob.of("deep", "a", "{}").idempotencyKey(key).build()).block())
        .isInstanceOf(SubmitOutcome.StillRunning.class);
    submit(NewJob.of("deep", "b", "{}"));

    queue.setLimits("deep", "a", new TenantLimits(null, 4)).block();
    submit(NewJob.of("deep", "a", "{}"));
    assertThat(queue.submit(NewJob.of("deep", "a", "{}").build()).block())
        .isInstanceOf(SubmitOutcome.QueueFull.class);
  }

  @Test
  void noTenantRunsMoreThanItsCap() {
    for (int i = 0; i < 5; i++) {
      submit(NewJob.of("narrow", "a", "{}"));
    }
    List<ClaimedJob> claims = leases.claim("narrow", "w", 10).block();
    assertThat(claims).hasSize(2);
    assertThat(leases.claim("narrow", "w2", 10).block()).isEmpty();
    leases.complete(claims.get(0), null, TransactionHook.NONE).block();
    assertThat(leases.claim("narrow", "w2", 10).block()).hasSize(1);
  }

  @Test
  void listsNewestFirstInPages() {
    Job one = submit(NewJob.of("list", "a", "{}"));
    Job two = submit(NewJob.of("list", "a", "{}"));
    Job three = submit(NewJob.of("list", "a", "{}"));
    queue.cancel("a", two.id()).block();
    List<Job> page = queue.list("a", new JobFilter("list", null, null, 2)).block();
    assertThat(page).extracting(Job::id).containsExactly(three.id(), two.id());
    assertThat(queue.list("a", new JobFilter("list", null, two.id(), 2)).block())
        .extracting(Job::id)
        .containsExactly(one.id());
    assertThat(queue.list("a", new JobFilter("list", JobStatus.CANCELLED, null, 9)).block())
        .extracting(Job::id)
        .containsExactly(two.id());
  }

  @Test
  void deletesOnlyWhatHasEndedAndItsResultsWithIt() {
    Job job = submit(NewJob.of("delete", "a", "{}"));
    assertThat(queue.delete("a", job.id()).block()).isInstanceOf(DeleteOutcome.NotFinished.class);
    ClaimedJob claim = claimOne("delete");
    String reference = JobResults.reference(claim);
    StoredResult result = new StoredResult("image/png", new byte[] {1, 2, 3});
    leases
        .complete(
            claim,
            reference,
            (connection, done) -> JobResults.writeIn(connection, reference, "main", result))
        .block();
    JobResults results = new JobResults(queue);
    assertThat(results.read(reference, "main").block()).isEqualTo(result);
    assertThat(queue.delete("a", job.id()).block()).isInstanceOf(DeleteOutcome.Deleted.class);
    assertThat(queue.get("a", job.id()).blockOptional()).isEmpty();
    assertThat(results.read(reference, "main").blockOptional()).isEmpty();
  }

  @Test
  void priorityIsWorthAgeingStepsOfWaiting() {
    Job old = submit(NewJob.of("rank", "a", "{}"));
    database.advance(Duration.ofSeconds(90));
    Job urgent = submit(NewJob.of("rank", "a", "{}").priority(1));
    Job moreUrgent = submit(NewJob.of("rank", "a", "{}").priority(2));
    assertThat(claimOne("rank").job().id()).isEqualTo(moreUrgent.id());
    assertThat(claimOne("rank").job().id()).isEqualTo(old.id());
    assertThat(claimOne("rank").job().id()).isEqualTo(urgent.id());
  }

  @Test
  void depthCountsWaitingAndRunning() {
    submit(NewJob.of("depth", "a", "{}"));
    submit(NewJob.of("depth", "b", "{}"));
    claimOne("depth");
    QueueDepth depth = queue.depth("depth").block();
    assertThat(depth.queued()).isEqualTo(1);
    assertThat(depth.running()).isEqualTo(1);
  }
}
