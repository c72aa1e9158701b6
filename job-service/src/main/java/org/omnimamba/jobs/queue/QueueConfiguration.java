package org.omnimamba.jobs.queue;

import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.config.QueueProperties;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.JobWatcher;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.QueueMaintenance;
import org.omnimamba.queue.QueueOptions;
import org.omnimamba.queue.RetentionOptions;
import org.omnimamba.queue.TenantLimits;
import org.springframework.boot.r2dbc.OptionsCapableConnectionFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** The queue on the service's own database. */
@Configuration(proxyBeanMethods = false)
class QueueConfiguration {
  private static final int CLEANING_BATCH = 500;
  private static final Duration CLEANING_INTERVAL = Duration.ofMinutes(1);

  /**
   * Deliveries go with their job, so an old one stays until all who want to know have been told.
   */
  private static final String UNTOLD =
      "EXISTS (SELECT FROM webhook_delivery d WHERE d.job_id = j.id AND d.status = 'pending')";

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  @DependsOn("flywayInitializer")
  JobQueue jobQueue(ConnectionFactory pool, JobsProperties properties, TerminalHooks hooks) {
    QueueProperties queue = properties.queue();
    QueueOptions options =
        new QueueOptions(
            queue.lease(),
            queue.ageingStep(),
            Map.of(
                JobKinds.INFERENCE,
                new TenantLimits(queue.maxRunning(), queue.maxQueued()),
                JobKinds.WEBHOOK,
                new TenantLimits(properties.webhooks().maxRunning(), null)));
    return JobQueue.builder(pool)
        .options(options)
        .onTerminal(JobKinds.INFERENCE, hooks)
        .onTerminal(JobKinds.WEBHOOK, hooks)
        .build();
  }

  /** Every replica helps with the upkeep; they share the work. */
  @Bean(initMethod = "start", destroyMethod = "close")
  QueueMaintenance queueMaintenance(JobQueue jobs, JobsProperties properties) {
    QueueProperties queue = properties.queue();
    return new QueueMaintenance(
        jobs,
        new RetentionOptions(
            queue.retention(),
            queue.retention(),
            CLEANING_BATCH,
            queue.sweepInterval(),
            CLEANING_INTERVAL,
            UNTOLD));
  }

  @Bean
  JobWatcher jobWatcher(JobQueue queue, QueueListener listener, JobsProperties properties) {
    return new JobWatcher(queue, listener, properties.api().eventPoll());
  }

  /** Listens on a connection of its own, beside the pool. */
  @Bean(initMethod = "start", destroyMethod = "close")
  QueueListener queueListener(ConnectionFactory pool) {
    OptionsCapableConnectionFactory capable = OptionsCapableConnectionFactory.unwrapFrom(pool);
    if (capable == null) {
      throw new IllegalStateException("the listener needs the options of " + pool);
    }
    return new QueueListener(ConnectionFactories.get(capable.getOptions()));
  }
}
