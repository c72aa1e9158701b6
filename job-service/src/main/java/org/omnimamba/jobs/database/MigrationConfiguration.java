package org.omnimamba.jobs.database;

import java.sql.SQLException;
import java.util.List;
import org.omnimamba.jobs.database.SchemaHistory.Earlier;
import org.omnimamba.queue.QueueMigrations;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Migrates the queue's tables, then those of this service, which refer to them. */
@Configuration(proxyBeanMethods = false)
class MigrationConfiguration {
  /** Held both families before the first release. */
  private static final String BOTH = "jobs_schema_history";

  private static final List<SchemaHistory> HISTORIES =
      List.of(
          new SchemaHistory(
              QueueMigrations.HISTORY, QueueMigrations.LOCATION, new Earlier(BOTH, "107", "100")),
          new SchemaHistory(
              "job_service_schema_history",
              "classpath:org/omnimamba/jobs/migration",
              new Earlier(BOTH, "204", "200")));

  @Bean
  FlywayMigrationStrategy migrations() {
    return flyway -> {
      try {
        for (SchemaHistory history : HISTORIES) {
          history.migrate(flyway.getConfiguration());
        }
      } catch (SQLException e) {
        throw new IllegalStateException("the database cannot be migrated: " + e.getMessage(), e);
      }
    };
  }
}
