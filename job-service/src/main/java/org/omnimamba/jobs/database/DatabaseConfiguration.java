package org.omnimamba.jobs.database;

import io.r2dbc.pool.ConnectionPool;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.web.database.BoundedTransactions;
import org.omnimamba.web.database.Database;
import org.omnimamba.web.database.DatabaseGate;
import org.omnimamba.web.database.DatabaseGateHealth;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The service's connections, and its health as far as that depends on the database. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {
  @Bean(destroyMethod = "dispose")
  ConnectionPool connectionPool(
      Database database, @Value("${spring.r2dbc.pool.max-size}") int mostConnections) {
    return database.pool("jobs", mostConnections);
  }

  /** As long as the queue's own may be idle: what locks the row of a job keeps it from others. */
  @Bean
  BoundedTransactions transactionManager(ConnectionPool pool, JobsProperties properties) {
    return new BoundedTransactions(pool, properties.queue().lease());
  }

  /** Its name in the health groups is {@code tables}. */
  @Bean
  DatabaseGateHealth tablesHealthIndicator(DatabaseGate gate) {
    return new DatabaseGateHealth(gate);
  }
}
