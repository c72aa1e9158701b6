package org.omnimamba.web.database;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.network.WatchfulLoops;
import org.omnimamba.web.network.WatchfulSockets;
import org.postgresql.ds.PGSimpleDataSource;
import reactor.netty.tcp.TcpResources;

/** The service's PostgreSQL, for queries (R2DBC) and for migrations (JDBC). */
public final class Database {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration MAX_IDLE = Duration.ofMinutes(5);
  private static final Duration VALIDATION_TIMEOUT = Duration.ofSeconds(1);

  private final DatabaseAddress address;

  Database(DatabaseAddress address) {
    this.address = address;
  }

  /** Makes connections one by one, for those that keep theirs. */
  public ConnectionFactory connections() {
    ConnectionFactoryOptions.Builder options =
        address
            .options()
            .mutate()
            .option(ConnectionFactoryOptions.CONNECT_TIMEOUT, CONNECT_TIMEOUT)
            // the driver's own loops; a query whose connection was cut must not wait for ever
            .option(
                PostgresqlConnectionFactoryProvider.LOOP_RESOURCES,
                new WatchfulLoops(TcpResources::get))
            // the driver turns it off unless it is told
            .option(PostgresqlConnectionFactoryProvider.TCP_KEEPALIVE, true);
    if (!address.options().hasOption(PostgresqlConnectionFactoryProvider.FORCE_BINARY)) {
      // the driver asks for text otherwise, and parsing the times of ten jobs takes longer than
      // finding them
      options.option(PostgresqlConnectionFactoryProvider.FORCE_BINARY, true);
    }
    return ConnectionFactories.get(options.build());
  }

  /**
   * A pool that connects when it is first used. The caller disposes of it.
   *
   * <p>A pooled connection is asked whether it lives before it is given out, and is thrown away
   * when it does not answer within a second: after a cut of the network it may look open for long.
   * A caller that gets no connection hears of it after two to three seconds.
   */
  public ConnectionPool pool(String name, int mostConnections) {
    return new PromptPool(
        ConnectionPoolConfiguration.builder(connections())
            .name(name)
            .initialSize(0)
            .maxSize(mostConnections)
            .maxIdleTime(MAX_IDLE)
            .maxAcquireTime(CONNECT_TIMEOUT)
            // a caller that gave up does not end the attempt it waited for, and a server that is
            // stopped or has nothing behind it any more lets one connect and says nothing
            .maxCreateConnectionTime(CONNECT_TIMEOUT)
            .maxValidationTime(VALIDATION_TIMEOUT)
            .validationQuery("SELECT 1")
            .acquireRetry(0)
            .build(),
        mostConnections);
  }

  /** JDBC connections of the role for queries. */
  DataSource queries() {
    return dataSource(address.user(), address.password());
  }

  /** JDBC connections of the role for migrations. */
  DataSource migrations() {
    return dataSource(address.migrationUser(), address.migrationPassword());
  }

  DatabaseAddress address() {
    return address;
  }

  private DataSource dataSource(@Nullable String user, @Nullable String password) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setSslMode(address.sslMode().libpq());
    if (address.sslRootCert() != null) {
      source.setSslRootCert(address.sslRootCert().toString());
    } else if (address.sslMode().verifies()) {
      // the authorities that the JVM trusts, as R2DBC does
      source.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory");
    }
    source.setConnectTimeout((int) CONNECT_TIMEOUT.toSeconds());
    source.setLoginTimeout(5);
    source.setSocketFactory(WatchfulSockets.class.getName());
    // after the rest, since what the address itself says comes first
    source.setUrl(address.jdbcUrl());
    if (user != null) {
      source.setUser(user);
    }
    if (password != null) {
      source.setPassword(password);
    }
    return source;
  }
}
