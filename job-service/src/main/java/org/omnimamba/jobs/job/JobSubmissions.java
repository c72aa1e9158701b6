package org.omnimamba.jobs.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.queue.IdempotencyKey;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.NewJob;
import org.omnimamba.queue.SubmitOutcome;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Puts inference jobs in line. */
@Component
public class JobSubmissions {
  private final JobQueue queue;
  private final DatabaseClient database;
  private final JobJson json;
  private final int maxAttempts;

  JobSubmissions(JobQueue queue, DatabaseClient database, JobJson json, JobsProperties properties) {
    this.queue = queue;
    this.database = database;
    this.json = json;
    this.maxAttempts = properties.queue().maxAttempts();
  }

  /**
   * Submits a job.
   *
   * @return what became of it; empty when its deadline has already passed
   */
  public Mono<SubmitOutcome> submit(
      String tenant, InferenceJob job, @Nullable String idempotencyKey) {
    return timeLeft(job.deadline())
        .map(left -> newJob(tenant, job, idempotencyKey).deadline(left).build())
        .switchIfEmpty(
            job.deadline() == null
                ? Mono.fromSupplier(() -> newJob(tenant, job, idempotencyKey).build())
                : Mono.empty())
        .flatMap(queue::submit);
  }

  private NewJob.Builder newJob(String tenant, InferenceJob job, @Nullable String idempotencyKey) {
    return NewJob.of(JobKinds.INFERENCE, tenant, json.write(job.body()))
        .attributes(json.write(job.attributes()))
        .priority(job.priority())
        .maxAttempts(maxAttempts)
        .idempotencyKey(
            idempotencyKey == null ? null : new IdempotencyKey(idempotencyKey, json.digest(job)));
  }

  /** How far the deadline lies ahead by the database's clock, the only one that counts. */
  private Mono<Duration> timeLeft(@Nullable Instant deadline) {
    if (deadline == null) {
      return Mono.empty();
    }
    return database
        .sql("SELECT queue_now() AS now")
        .map(row -> Duration.between(row.get("now", Instant.class), deadline))
        .one()
        .filter(left -> !left.isNegative() && !left.isZero());
  }
}
