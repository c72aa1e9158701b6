package org.omnimamba.gateway.database;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.time.Duration;
import org.flywaydb.core.Flyway;

/** Connections to the database, and the tables in it. */
public final class GatewayDatabase {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private final DatabaseProperties properties;

  GatewayDatabase(DatabaseProperties properties) {
    this.properties = properties;
  }

  /** Makes the tables over JDBC, or brings them up to date. */
  void migrate() {
    Flyway.configure()
        .dataSource(properties.jdbcUrl(), properties.username(), properties.password())
        .locations("classpath:org/omnimamba/gateway/migration")
        // The services share a database, and each keeps a history of its own.
        .table("gateway_schema_history")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .connectRetries(5)
        .load()
        .migrate();
  }

  /** A pool that connects when it is first used. Whoever asks for it disposes of it. */
  public ConnectionPool pool(String name, int mostConnections) {
    return new ConnectionPool(
        ConnectionPoolConfiguration.builder(connections())
            .name(name)
            .initialSize(0)
            .maxSize(mostConnections)
            .maxAcquireTime(CONNECT_TIMEOUT)
            .validationQuery("SELECT 1")
            .build());
  }

  /** Makes connections one by one, for those that keep theirs. */
  public ConnectionFactory connections() {
    ConnectionFactoryOptions.Builder options =
        ConnectionFactoryOptions.parse(properties.plainUrl())
            .mutate()
            .option(ConnectionFactoryOptions.CONNECT_TIMEOUT, CONNECT_TIMEOUT);
    if (properties.username() != null) {
      options.option(ConnectionFactoryOptions.USER, properties.username());
    }
    if (properties.password() != null) {
      options.option(ConnectionFactoryOptions.PASSWORD, properties.password());
    }
    return ConnectionFactories.get(options.build());
  }
}
