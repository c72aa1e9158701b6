package org.omnimamba.jobs.response;

import io.micrometer.observation.ObservationRegistry;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.config.WorkerProperties;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.queue.TerminalWriter;
import org.omnimamba.jobs.queue.WorkerLifecycle;
import org.omnimamba.jobs.result.UpstreamErrors;
import org.omnimamba.jobs.trace.JobTraces;
import org.omnimamba.jobs.webhook.ConditionalOnWebhooks;
import org.omnimamba.jobs.webhook.WebhookMessages;
import org.omnimamba.jobs.worker.InferenceClient;
import org.omnimamba.jobs.worker.JobMemory;
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

/** Responses: the way to inference-service, the worker for background ones, their webhooks. */
@Configuration(proxyBeanMethods = false)
class ResponseConfiguration {

  @Bean(destroyMethod = "close")
  ResponseEngine responseEngine(
      ReplicaPool inferenceReplicas,
      JobMemory memory,
      JobsProperties properties,
      InternalTokenProperties platform,
      JobJson json,
      Clock clock,
      ReactorResourceFactory resources,
      ObservationRegistry observations) {
    return new ResponseEngine(
        new InferenceClient(
            inferenceReplicas.replicas(),
            properties,
            memory.largest(),
            properties.worker().concurrency() + properties.api().maxResponses(),
            platform,
            json,
            clock,
            resources.getLoopResources(),
            observations));
  }

  @Bean
  @ConditionalOnProperty(name = "omnimamba.jobs.worker.enabled", matchIfMissing = true)
  WorkerLifecycle responseWorker(
      JobQueue queue,
      QueueListener listener,
      ResponseEngine engine,
      ResponseStore store,
      UpstreamErrors errors,
      JobJson json,
      JobTraces traces,
      JobMemory memory,
      Clock clock,
      JobsProperties properties,
      ShutdownProperties shutdown,
      DatabaseGate gate) {
    WorkerProperties worker = properties.worker();
    Duration lease = properties.queue().lease();
    WorkerOptions options =
        WorkerOptions.of(ManagementFactory.getRuntimeMXBean().getName(), worker.concurrency())
            .withMargin(lease.dividedBy(10))
            .withGrace(shutdown.grace())
            .withPollInterval(worker.pollInterval());
    return new WorkerLifecycle(
        JobKinds.RESPONSE,
        new JobWorker(
            queue,
            JobKinds.RESPONSE,
            new ResponseJobHandler(engine, store, errors, json, traces, memory, clock),
            options,
            listener),
        shutdown.grace(),
        gate);
  }

  @Bean
  @ConditionalOnWebhooks
  TerminalWriter responseWebhooks(WebhookMessages messages, JobJson json) {
    return new ResponseWebhooks(messages, json);
  }
}
