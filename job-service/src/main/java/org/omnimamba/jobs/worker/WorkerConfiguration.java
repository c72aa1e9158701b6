package org.omnimamba.jobs.worker;

import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.event.JobEvents;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.queue.WorkerLifecycle;
import org.omnimamba.jobs.queue.Workers;
import org.omnimamba.jobs.result.ResultStores;
import org.omnimamba.jobs.usage.JobUsage;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The worker for inference jobs, on replicas that work. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "omnimamba.jobs.worker.enabled", matchIfMissing = true)
class WorkerConfiguration {

  @Bean(destroyMethod = "close")
  InferenceClient inferenceClient(InferenceClients clients, JobsProperties properties) {
    return clients.open(properties.worker().concurrency() + properties.batches().concurrency());
  }

  @Bean
  InferenceJobHandler inferenceJobHandler(
      InferenceAttempts attempts,
      InferenceClient inference,
      JobEvents events,
      ResultStores results,
      JobUsage usage,
      JobJson json,
      JobsProperties properties) {
    return new InferenceJobHandler(
        attempts, inference, events, results, usage, json, properties.worker());
  }

  @Bean
  WorkerLifecycle inferenceWorker(
      Workers workers, InferenceJobHandler handler, JobsProperties properties) {
    return workers.of(JobKinds.INFERENCE, handler, properties.worker().concurrency());
  }
}
