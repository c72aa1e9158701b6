package org.omnimamba.gateway.keys;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;

/** Everything that stored keys need; absent without a database. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("spring.r2dbc.url")
class KeyDatabaseConfiguration {
  private static final int MOST_CONNECTIONS = 5;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /** Prepares the table over JDBC, before anything can look at it. */
  @Bean
  KeyStore keyStore(
      DatabaseProperties database, KeyProperties keys, ConnectionPool gatewayConnectionPool) {
    if (keys.migrate()) {
      Flyway.configure()
          .dataSource(database.jdbcUrl(), database.username(), database.password())
          .locations("classpath:org/omnimamba/gateway/migration")
          // The services share a database, and each keeps a history of its own.
          .table("gateway_schema_history")
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .connectRetries(5)
          .load()
          .migrate();
    }
    return new KeyStore(
        DatabaseClient.create(gatewayConnectionPool),
        TransactionalOperator.create(new R2dbcTransactionManager(gatewayConnectionPool)));
  }

  @Bean(destroyMethod = "dispose")
  ConnectionPool gatewayConnectionPool(DatabaseProperties database) {
    return new ConnectionPool(
        ConnectionPoolConfiguration.builder(connections(database))
            .name("gateway-keys")
            .initialSize(0)
            .maxSize(MOST_CONNECTIONS)
            .maxAcquireTime(CONNECT_TIMEOUT)
            .validationQuery("SELECT 1")
            .build());
  }

  @Bean
  KeyCache keyCache(KeyProperties keys) {
    return new KeyCache(keys.cachedFor());
  }

  @Bean
  KeyChangeListener keyChangeListener(DatabaseProperties database, KeyCache cache) {
    return new KeyChangeListener(connections(database), cache);
  }

  @Bean
  KeyUses keyUses(KeyStore store, Clock clock, KeyProperties keys) {
    return new KeyUses(store, clock, keys.usesWrittenEvery());
  }

  @Bean
  DatabaseKeys databaseKeys(KeyStore store, KeyCache cache, KeyUses uses, Clock clock) {
    return new DatabaseKeys(store, cache, uses, clock);
  }

  @Bean
  KeyService keyService(KeyStore store, KeyCache cache, Clock clock) {
    return new KeyService(store, cache, clock, new SecureRandom());
  }

  private static ConnectionFactory connections(DatabaseProperties database) {
    ConnectionFactoryOptions.Builder options =
        ConnectionFactoryOptions.parse(database.plainUrl())
            .mutate()
            .option(ConnectionFactoryOptions.CONNECT_TIMEOUT, CONNECT_TIMEOUT);
    if (database.username() != null) {
      options.option(ConnectionFactoryOptions.USER, database.username());
    }
    if (database.password() != null) {
      options.option(ConnectionFactoryOptions.PASSWORD, database.password());
    }
    return ConnectionFactories.get(options.build());
  }
}
