package org.omnimamba.jobs.queue;

import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Clock;
import java.util.Map;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.config.QueueProperties;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.QueueOptions;
import org.omnimamba.queue.TenantLimits;
import org.springframework.boot.r2dbc.OptionsCapableConnectionFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** The queue on the service's own database. */
@Configuration(proxyBeanMethods = false)
class QueueConfiguration {

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
                JobKinds.INFERENCE, new TenantLimits(queue.maxRunning(), queue.maxQueued())));
    return JobQueue.builder(pool)
        .options(options)
        .onTerminal(JobKinds.INFERENCE, hooks)
        .onTerminal(JobKinds.WEBHOOK, hooks)
        .build();
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
