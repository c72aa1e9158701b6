package org.omnimamba.queue.testing;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.omnimamba.queue.QueueMigrations;

/**
 * A fresh database, migrated, on the JVM's shared server or on a given one.
 *
 * <p>Its queue's clock can be moved: {@link #advance} makes leases run out and delays pass at once.
 */
public final class TestDatabase implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Map<String, String> TEMPLATES = new ConcurrentHashMap<>();

  private final PostgresServer server;
  private final String name;
  private final List<ConnectionPool> pools = new ArrayList<>();

  private final boolean kept;

  private TestDatabase(PostgresServer server, String name) {
    this(server, name, false);
  }

  private TestDatabase(PostgresServer server, String name, boolean kept) {
    this.server = server;
    this.name = name;
    this.kept = kept;
  }

  /** A database with the queue's tables, and with whatever else the locations hold. */
  public static TestDatabase create(String... moreLocations) {
    return create(PostgresServer.shared(), moreLocations);
  }

  /** The same on a server of one's own. */
  public static TestDatabase create(PostgresServer server, String... moreLocations) {
    List<String> locations = new ArrayList<>(List.of(moreLocations));
    locations.add(0, QueueMigrations.LOCATION);
    String template =
        TEMPLATES.computeIfAbsent(
            server.port() + " " + locations, key -> makeTemplate(server, locations));
    String name = "test_" + NUMBER.incrementAndGet();
    run(server, "postgres", "CREATE DATABASE " + name + " TEMPLATE " + template);
    return new TestDatabase(server, name);
  }

  /** A database with nothing in it, for programs that migrate it themselves. */
  public static TestDatabase empty() {
    return empty(PostgresServer.shared());
  }

  /** The same on a server of one's own. */
  public static TestDatabase empty(PostgresServer server) {
    String name = "test_" + NUMBER.incrementAndGet();
    run(server, "postgres", "CREATE DATABASE " + name);
    return new TestDatabase(server, name);
  }

  /** A database that exists already, and stays when this is closed. */
  public static TestDatabase existing(PostgresServer server, String name) {
    return new TestDatabase(server, name, true);
  }

  private static String makeTemplate(PostgresServer server, List<String> locations) {
    String name = "template_" + NUMBER.incrementAndGet();
    run(server, "postgres", "CREATE DATABASE " + name);
    TestDatabase template = new TestDatabase(server, name);
    Flyway.configure()
        .dataSource(template.jdbcUrl(), PostgresServer.USER, PostgresServer.PASSWORD)
        .locations(locations.toArray(String[]::new))
        .load()
        .migrate();
    template.makeClockMovable();
    return name;
  }

  /** Puts a clock in place of the real one that {@link #advance} can move; {@link #create} does. */
  public void makeClockMovable() {
    execute(
        "CREATE TABLE IF NOT EXISTS queue_test_clock (ahead interval NOT NULL);"
            + "INSERT INTO queue_test_clock VALUES ('0');"
            + "CREATE OR REPLACE FUNCTION queue_now() RETURNS timestamptz LANGUAGE sql VOLATILE"
            + " AS 'SELECT clock_timestamp() + (SELECT max(ahead) FROM queue_test_clock)'");
  }

  /** Moves this database's clock ahead, or back by a negative duration. */
  public void advance(Duration by) {
    execute("UPDATE queue_test_clock SET ahead = ahead + interval '" + by.toMillis() + " ms'");
  }

  /** The URL for JDBC, without user and password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://" + server.host() + ":" + server.port() + "/" + name;
  }

  /** The URL for R2DBC, without user and password. */
  public String r2dbcUrl() {
    return "r2dbc:postgresql://" + server.host() + ":" + server.port() + "/" + name;
  }

  public String username() {
    return PostgresServer.USER;
  }

  public String password() {
    return PostgresServer.PASSWORD;
  }

  /** Single connections, not pooled. */
  public PostgresqlConnectionFactory connections() {
    return new PostgresqlConnectionFactory(
        PostgresqlConnectionConfiguration.builder()
            .host(server.host())
            .port(server.port())
            .database(name)
            .username(PostgresServer.USER)
            .password(PostgresServer.PASSWORD)
            .connectTimeout(Duration.ofSeconds(20))
            .forceBinary(true)
            .build());
  }

  /** A pool, closed with this database. */
  public ConnectionPool pool(int size) {
    ConnectionPool pool =
        new ConnectionPool(
            ConnectionPoolConfiguration.builder(connections())
                .initialSize(0)
                .maxSize(size)
                .maxIdleTime(Duration.ofMinutes(5))
                .build());
    pools.add(pool);
    return pool;
  }

  /** Runs one or more statements. */
  public void execute(String sql) {
    run(server, name, sql);
  }

  /** The first column of the first row, as a number. */
  public long number(String sql) {
    return Long.parseLong(text(sql));
  }

  /** The first column of the first row. */
  public String text(String sql) {
    try (Connection connection = connect(server, name);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (!rows.next()) {
        throw new IllegalStateException("no row: " + sql);
      }
      return String.valueOf(rows.getString(1));
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Closes the pools and drops the database, unless it existed before. */
  @Override
  public void close() {
    pools.forEach(ConnectionPool::dispose);
    if (kept) {
      return;
    }
    run(server, "postgres", "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  }

  private static void run(PostgresServer server, String database, String sql) {
    try (Connection connection = connect(server, database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static Connection connect(PostgresServer server, String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://" + server.host() + ":" + server.port() + "/" + database,
        PostgresServer.USER,
        PostgresServer.PASSWORD);
  }
}
