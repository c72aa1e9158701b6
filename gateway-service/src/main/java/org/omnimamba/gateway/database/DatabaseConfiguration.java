package org.omnimamba.gateway.database;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The database, with its tables made before anything can look at them. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("spring.r2dbc.url")
class DatabaseConfiguration {
  @Bean
  GatewayDatabase gatewayDatabase(DatabaseProperties properties, MigrationProperties migration) {
    GatewayDatabase database = new GatewayDatabase(properties);
    if (migration.migrate()) {
      database.migrate();
    }
    return database;
  }
}
