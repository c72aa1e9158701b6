package org.omnimamba.jobs.worker;

import io.micrometer.observation.ObservationRegistry;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.event.JobEvents;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.queue.WorkerLifecycle;
import org.omnimamba.jobs.result.ResultStores;
import org.omnimamba.jobs.result.UpstreamErrors;
import org.omnimamba.jobs.trace.JobTraces;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.worker.JobWorker;
import org.omnimamba.queue.worker.WorkerOptions;
import org.omnimamba.web.database.DatabaseGate;
import org.omnimamba.web.internal.InternalTokenProperties;
import org.omnimamba.web.replica.ReplicaPool;
import org.omnimamba.web.shutdown.ShutdownProperties;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/** The workers for inference jobs and for the requests of batches, on replicas that work. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "omnimamba.jobs.worker.enabled", matchIfMissing = true)
class WorkerConfiguration {

  @Bean(destroyMethod = "close")
  InferenceClient inferenceClient(
      ReplicaPool inferenceReplicas,
      JobMemory memory,
      JobsProperties properties,
      InternalTokenProperties platform,
      JobJson json,
      Clock clock,
      ReactorResourceFactory resources,
      ObservationRegistry observations) {
    return new InferenceClient(
        inferenceReplicas.replicas(),
        properties,
        memory.largest(),
        properties.worker().concurrency() + properties.batches().concurrency(),
        platform,
        json,
        clock,
        resources.getLoopResources(),
        observations);
  }

  @Bean
  InferenceJobHandler inferenceJobHandler(
      InferenceClient inference,
      JobEvents events,
      ResultStores results,
      UpstreamErrors errors,
      JobJson json,
      JobTraces traces,
      JobMemory memory,
      JobsProperties properties) {
    return new InferenceJobHandler(
        inference, events, results, errors, json, traces, memory, properties.worker());
  }

  @Bean
  WorkerLifecycle inferenceWorker(
      JobQueue queue,
      QueueListener listener,
      InferenceJobHandler handler,
      JobsProperties properties,
      ShutdownProperties shutdown,
      DatabaseGate gate) {
    JobWorker worker =
        new JobWorker(
            queue,
            JobKinds.INFERENCE,
            handler,
            options(properties, properties.worker().concurrency(), shutdown),
            listener);
    return new WorkerLifecycle(JobKinds.INFERENCE, worker, shutdown.grace(), gate);
  }

  /** Apart, with slots of its own, so that no job waits behind the requests of batches. */
  @Bean
  WorkerLifecycle batchLineWorker(
      JobQueue queue,
      QueueListener listener,
      InferenceJobHandler handler,
      JobsProperties properties,
      ShutdownProperties shutdown,
      DatabaseGate gate) {
    JobWorker worker =
        new JobWorker(
            queue,
            JobKinds.BATCH_LINE,
            handler,
            options(properties, properties.batches().concurrency(), shutdown),
            listener);
    return new WorkerLifecycle(JobKinds.BATCH_LINE, worker, shutdown.grace(), gate);
  }

  private static WorkerOptions options(
      JobsProperties properties, int concurrency, ShutdownProperties shutdown) {
    return WorkerOptions.of(ManagementFactory.getRuntimeMXBean().getName(), concurrency)
        .withMargin(properties.queue().lease().dividedBy(10))
        .withGrace(shutdown.grace())
        .withPollInterval(properties.worker().pollInterval())
        .withProgressInterval(properties.worker().progressInterval());
  }
}
