package org.omnimamba.jobs.worker;

import io.micrometer.observation.ObservationRegistry;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.config.WorkerProperties;
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

/** The worker for inference jobs, on replicas that work. */
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
        properties.worker().concurrency(),
        platform,
        json,
        clock,
        resources.getLoopResources(),
        observations);
  }

  @Bean
  WorkerLifecycle inferenceWorker(
      JobQueue queue,
      QueueListener listener,
      InferenceClient inference,
      JobEvents events,
      ResultStores results,
      UpstreamErrors errors,
      JobJson json,
      JobTraces traces,
      JobMemory memory,
      JobsProperties properties,
      ShutdownProperties shutdown,
      DatabaseGate gate) {
    WorkerProperties worker = properties.worker();
    InferenceJobHandler handler =
        new InferenceJobHandler(inference, events, results, errors, json, traces, memory, worker);
    Duration lease = properties.queue().lease();
    WorkerOptions options =
        WorkerOptions.of(ManagementFactory.getRuntimeMXBean().getName(), worker.concurrency())
            .withMargin(lease.dividedBy(10))
            .withGrace(shutdown.grace())
            .withPollInterval(worker.pollInterval())
            .withProgressInterval(worker.progressInterval());
    return new WorkerLifecycle(
        JobKinds.INFERENCE,
        new JobWorker(queue, JobKinds.INFERENCE, handler, options, listener),
        shutdown.grace(),
        gate);
  }
}
