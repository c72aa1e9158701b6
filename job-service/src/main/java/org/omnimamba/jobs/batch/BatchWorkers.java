package org.omnimamba.jobs.batch;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.queue.WorkerLifecycle;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.worker.JobWorker;
import org.omnimamba.queue.worker.WorkerOptions;
import org.omnimamba.web.database.DatabaseGate;
import org.omnimamba.web.shutdown.ShutdownProperties;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Drives batches, on replicas that work. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "omnimamba.jobs.worker.enabled", matchIfMissing = true)
class BatchWorkers {
  @Bean
  WorkerLifecycle batchWorker(
      JobQueue queue,
      QueueListener listener,
      BatchDriver driver,
      JobsProperties properties,
      ShutdownProperties shutdown,
      DatabaseGate gate) {
    Duration lease = properties.queue().lease();
    WorkerOptions options =
        WorkerOptions.of(
                ManagementFactory.getRuntimeMXBean().getName(), properties.batches().drivers())
            .withMargin(lease.dividedBy(10))
            // where a batch stands is kept: another driver goes on at once
            .withGrace(Duration.ZERO)
            .withPollInterval(properties.worker().pollInterval());
    return new WorkerLifecycle(
        JobKinds.BATCH,
        new JobWorker(queue, JobKinds.BATCH, driver, options, listener),
        shutdown.grace(),
        gate);
  }
}
