package org.omnimamba.gateway.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** A real PostgreSQL server of the test JVM, with a new database for each caller. */
public final class Database {
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final EmbeddedPostgres server;
  private final String name;

  private Database(EmbeddedPostgres server, String name) {
    this.server = server;
    this.name = name;
  }

  private static final class Server {
    static final EmbeddedPostgres INSTANCE = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  public static Database create() throws SQLException {
    String name = "gateway_" + NEXT.incrementAndGet();
    try (Connection connection = Server.INSTANCE.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
    return new Database(Server.INSTANCE, name);
  }

  /** The port of the server. */
  public int port() {
    return server.getPort();
  }

  /** The settings that lead to this database through another port of this machine. */
  public String[] settingsThrough(int port) {
    return new String[] {
      "omnimamba.database.url", "postgresql://127.0.0.1:" + port + "/" + name,
      "omnimamba.database.username", "postgres",
      "omnimamba.database.password", "postgres"
    };
  }

  /** The settings that point the gateway at this database, each {@code name, value}. */
  public String[] settings(String... more) {
    String[] mine = {
      "spring.r2dbc.url", "r2dbc:postgresql://localhost:" + server.getPort() + "/" + name,
      "spring.r2dbc.username", "postgres",
      "spring.r2dbc.password", "postgres"
    };
    String[] all = java.util.Arrays.copyOf(mine, mine.length + more.length);
    System.arraycopy(more, 0, all, mine.length, more.length);
    return all;
  }

  public void execute(String sql) throws SQLException {
    try (Connection connection = server.getDatabase("postgres", name).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row, as text. */
  public String query(String sql) throws SQLException {
    try (Connection connection = server.getDatabase("postgres", name).getConnection();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }
}
