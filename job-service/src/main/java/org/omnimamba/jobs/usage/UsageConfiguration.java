package org.omnimamba.jobs.usage;

import org.omnimamba.jobs.queue.Upkeep;
import org.omnimamba.web.database.DatabaseGate;
import org.omnimamba.web.usage.UsageTables;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Moves what jobs used into the sums; each replica helps. */
@Configuration(proxyBeanMethods = false)
class UsageConfiguration {
  /** Ends a time of moving though jobs go on ending; the next time comes soon. */
  private static final int MOST_PORTIONS = 200;

  @Bean
  Upkeep usageMoving(DatabaseClient database, DatabaseGate gate) {
    return new Upkeep("the summing of what jobs used", () -> move(database), gate);
  }

  /** Moves portion after portion until there is none that nobody else moves. */
  static Mono<Void> move(DatabaseClient database) {
    return database
        .sql(UsageTables.MOVE_JOBS)
        .fetch()
        .rowsUpdated()
        .repeat(MOST_PORTIONS - 1)
        .takeUntil(sums -> sums == 0)
        .then();
  }
}
