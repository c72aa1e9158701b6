package org.omnimamba.jobs.database;

import org.omnimamba.queue.QueueMigrations;
import org.omnimamba.web.database.SchemaHistory;
import org.omnimamba.web.database.SchemaHistory.Earlier;
import org.omnimamba.web.usage.UsageTables;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** The queue's tables, those of this service, which refer to them, and those of usage. */
@Configuration(proxyBeanMethods = false)
public class SchemaConfiguration {
  /** Held both families before the first release. */
  private static final String BOTH = "jobs_schema_history";

  @Bean
  @Order(1)
  SchemaHistory queueHistory() {
    return new SchemaHistory(
        QueueMigrations.HISTORY, QueueMigrations.LOCATION, new Earlier(BOTH, "107", "100"));
  }

  @Bean
  @Order(2)
  SchemaHistory serviceHistory() {
    return new SchemaHistory(
        "job_service_schema_history",
        "classpath:org/omnimamba/jobs/migration",
        new Earlier(BOTH, "204", "200"));
  }

  @Bean
  @Order(3)
  SchemaHistory usageHistory() {
    return UsageTables.HISTORY;
  }
}
