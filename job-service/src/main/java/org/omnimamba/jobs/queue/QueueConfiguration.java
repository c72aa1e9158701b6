package org.omnimamba.jobs.queue;

import io.r2dbc.spi.ConnectionFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.config.QueueProperties;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.JobWatcher;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.QueueMaintenance;
import org.omnimamba.queue.QueueOptions;
import org.omnimamba.queue.RetentionOptions;
import org.omnimamba.queue.Submitter;
import org.omnimamba.queue.job.TenantLimits;
import org.omnimamba.web.database.Database;
import org.omnimamba.web.database.DatabaseGate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The queue on the service's own database. */
@Configuration(proxyBeanMethods = false)
class QueueConfiguration {
  private static final int CLEANING_BATCH = 500;

  /** Batches of one tenant and kind that wait for somebody to drive them. */
  private static final int MOST_BATCHES = 1000;

  private static final Duration CLEANING_INTERVAL = Duration.ofMinutes(1);

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  QueueOptions queueOptions(JobsProperties properties) {
    QueueProperties queue = properties.queue();
    return new QueueOptions(
        queue.lease(),
        queue.ageingStep(),
        Map.of(
            JobKinds.INFERENCE,
            new TenantLimits(queue.maxRunning(), queue.maxQueued()),
            JobKinds.RESPONSE,
            new TenantLimits(queue.maxRunning(), queue.maxQueued()),
            JobKinds.BATCH,
            new TenantLimits(null, MOST_BATCHES),
            JobKinds.BATCH_LINE,
            // how many wait is bounded by each batch's window
            new TenantLimits(queue.maxRunning(), null),
            JobKinds.BATCH_OF_RESPONSES,
            new TenantLimits(null, MOST_BATCHES),
            JobKinds.BATCH_RESPONSE,
            new TenantLimits(queue.maxRunning(), null),
            JobKinds.WEBHOOK,
            new TenantLimits(properties.webhooks().maxRunning(), null)));
  }

  /** For the writers below, which the queue itself needs. */
  @Bean
  Submitter submitter(QueueOptions options) {
    return new Submitter(options);
  }

  @Bean
  JobQueue jobQueue(
      ConnectionFactory pool, QueueOptions options, ObjectProvider<TerminalWriter> writers) {
    JobQueue.Builder queue = JobQueue.builder(pool).options(options);
    writers.orderedStream().forEach(writer -> queue.onTerminal(writer.kind(), writer));
    return queue.build();
  }

  /** Every replica helps with the upkeep; they share the work. */
  @Bean(destroyMethod = "close")
  QueueMaintenance queueMaintenance(
      JobQueue jobs,
      JobsProperties properties,
      ObjectProvider<RetentionRule> rules,
      DatabaseGate gate) {
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
                keepIf(rules)));
    gate.whenOpen(maintenance::start);
    return maintenance;
  }

  /** Keeps what any of the rules keeps; null where there is none. */
  private static @Nullable String keepIf(ObjectProvider<RetentionRule> rules) {
    return rules
        .orderedStream()
        .map(rule -> "(" + rule.keepIf() + ")")
        .reduce((one, other) -> one + " OR " + other)
        .orElse(null);
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
