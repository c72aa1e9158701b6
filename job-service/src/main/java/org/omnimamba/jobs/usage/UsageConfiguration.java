package org.omnimamba.jobs.usage;

import org.omnimamba.jobs.queue.Upkeep;
import org.omnimamba.web.database.DatabaseGate;
import org.omnimamba.web.usage.UsageTables;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/** Moves what jobs used into the sums; each replica helps. */
@Configuration(proxyBeanMethods = false)
class UsageConfiguration {
  @Bean
  Upkeep usageMoving(DatabaseClient database, DatabaseGate gate) {
    return new Upkeep(
        "the summing of what jobs used", () -> database.sql(UsageTables.MOVE_JOBS).then(), gate);
  }
}
