package org.omnimamba.jobs.job;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.trace.JobTraces;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.job.IdempotencyKey;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.web.usage.UsageOrigin;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Queues inference jobs. */
@Component
public class JobSubmissions {
  private final JobQueue queue;
  private final DatabaseClient database;
  private final JobJson json;
  private final JobTraces traces;
  private final int maxAttempts;

  JobSubmissions(
      JobQueue queue,
      DatabaseClient database,
      JobJson json,
      JobTraces traces,
      JobsProperties properties) {
    this.queue = queue;
    this.database = database;
    this.json = json;
    this.traces = traces;
    this.maxAttempts = properties.queue().maxAttempts();
  }

  /**
   * What became of an earlier request with that key, before anything is looked at that time or
   * settings may have changed since; empty when there is none.
   */
  public Mono<SubmitOutcome> earlier(
      String tenant, InferenceJob job, @Nullable String idempotencyKey) {
    boolean timeless = job.deadline() == null && job.attributes().webhook() == null;
    // without those, the submission itself finds the key
    return idempotencyKey == null || timeless
        ? Mono.empty()
        : queue.find(tenant, new IdempotencyKey(idempotencyKey, json.digest(job)));
  }

  /**
   * Submits a job.
   *
   * @return what became of it; empty when its deadline has already passed
   */
  public Mono<SubmitOutcome> submit(
      String tenant, InferenceJob job, @Nullable String idempotencyKey) {
    return traces
        .submitted()
        .zipWith(UsageOrigin.current())
        .flatMap(
            from -> {
              JobAttributes attributes =
                  job.attributes()
                      .summarizing(job.body())
                      .withTraceparent(from.getT1().orElse(null))
                      .countingFor(from.getT2().key());
              NewJob.Builder fresh = newJob(tenant, job, idempotencyKey, attributes);
              return job.deadline() == null
                  ? Mono.just(fresh.build())
                  : isAhead(job.deadline())
                      .filter(ahead -> ahead)
                      .map(ahead -> fresh.expiresAt(job.deadline()).build());
            })
        .flatMap(queue::submit);
  }

  /** The digest is of what was asked for, without what is added here: shown, traced or counted. */
  private NewJob.Builder newJob(
      String tenant, InferenceJob job, @Nullable String idempotencyKey, JobAttributes attributes) {
    return NewJob.of(JobKinds.INFERENCE, tenant, json.write(job.body()))
        .attributes(json.write(attributes))
        .priority(job.priority())
        .maxAttempts(maxAttempts)
        .idempotencyKey(
            idempotencyKey == null ? null : new IdempotencyKey(idempotencyKey, json.digest(job)));
  }

  /** Whether the deadline lies ahead by the database's clock, the only one that counts. */
  private Mono<Boolean> isAhead(Instant deadline) {
    return database
        .sql("SELECT queue_now() AS now")
        .map(row -> deadline.isAfter(Objects.requireNonNull(row.get("now", Instant.class))))
        .one();
  }
}
