package org.omnimamba.jobs.batch;

import java.time.Duration;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.queue.WorkerLifecycle;
import org.omnimamba.jobs.queue.Workers;
import org.omnimamba.jobs.response.ResponseLineHandler;
import org.omnimamba.jobs.worker.InferenceJobHandler;
import org.omnimamba.queue.worker.RetryPolicy;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Drives batches and does their requests, on replicas that work. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "omnimamba.jobs.worker.enabled", matchIfMissing = true)
class BatchWorkers {
  /** Where a batch stands is kept: another driver goes on at once. */
  private static final Duration NO_GRACE = Duration.ZERO;

  /**
   * Short, however many attempts there were before: each driver that was lost counts as one, and
   * says nothing of the next.
   */
  private static final RetryPolicy SOON =
      RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofSeconds(5));

  @Bean
  WorkerLifecycle batchWorker(Workers workers, BatchDriver driver, JobsProperties properties) {
    return workers.of(JobKinds.BATCH, driver, properties.batches().drivers(), NO_GRACE, SOON);
  }

  @Bean
  WorkerLifecycle batchOfResponsesWorker(
      Workers workers, BatchDriver driver, JobsProperties properties) {
    return workers.of(
        JobKinds.BATCH_OF_RESPONSES, driver, properties.batches().drivers(), NO_GRACE, SOON);
  }

  /** Apart, with slots of its own, so that no job waits for the requests of batches. */
  @Bean
  WorkerLifecycle batchLineWorker(
      Workers workers, InferenceJobHandler requests, JobsProperties properties) {
    return workers.of(JobKinds.BATCH_LINE, requests, properties.batches().concurrency());
  }

  @Bean
  WorkerLifecycle batchResponseWorker(
      Workers workers, ResponseLineHandler responses, JobsProperties properties) {
    return workers.of(JobKinds.BATCH_RESPONSE, responses, properties.batches().concurrency());
  }
}
