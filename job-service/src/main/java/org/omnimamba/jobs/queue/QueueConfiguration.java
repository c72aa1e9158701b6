package org.omnimamba.jobs.queue;

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
import org.omnimamba.queue.job.TenantLimits;
import org.omnimamba.web.database.Database;
import org.omnimamba.web.database.DatabaseGate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
  @Bean(destroyMethod = "close")
  QueueMaintenance queueMaintenance(JobQueue jobs, JobsProperties properties, DatabaseGate gate) {
    QueueProperties queue = properties.queue();
    QueueMaintenance maintenance =
        new QueueMaintenance(
            jobs,
            new RetentionOptions(
                queue.retention(),
                queue.retention(),
                CLEANING_BATCH,
                queue.sweepInterval(),
                CLEANING_INTERVAL,
                UNTOLD));
    gate.whenOpen(maintenance::start);
    return maintenance;
  }

  @Bean
  JobWatcher jobWatcher(JobQueue queue, QueueListener listener, JobsProperties properties) {
    return new JobWatcher(queue, listener, properties.api().eventPoll());
  }

  /** Listens on a connection of its own, beside the pool. */
  @Bean(destroyMethod = "close")
  QueueListener queueListener(Database database, DatabaseGate gate) {
    QueueListener listener = new QueueListener(database.connections());
    gate.whenOpen(listener::start);
    return listener;
  }
}
