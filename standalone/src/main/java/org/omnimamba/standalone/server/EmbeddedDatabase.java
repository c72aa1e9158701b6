package org.omnimamba.standalone.server;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.omnimamba.standalone.OmniMambaHome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL server that keeps its data under {@code $OMNIMAMBA_HOME/postgres} and listens
 * on loopback only, behind a password of its own.
 *
 * <p>Commits are durable: the embedded distribution's test settings (no fsync, asynchronous commit)
 * are overridden. A server that outlived its killed parent is stopped before a new one starts.
 */
public final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final String SUPERUSER = "postgres";
  private static final String DATABASE = "omnimamba";
  private static final String PASSWORD_FILE = "postgres-password";
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final EmbeddedPostgres server;
  private final String password;

  private final FileChannel owner;

  private EmbeddedDatabase(EmbeddedPostgres server, String password, FileChannel owner) {
    this.server = server;
    this.password = password;
    this.owner = owner;
  }

  /**
   * Starts the server, creating its data folder, password and database the first time.
   *
   * @throws IOException if the server does not start; the message says where its data is
   */
  public static EmbeddedDatabase start(OmniMambaHome home) throws IOException {
    Path data = home.resolve("postgres").resolve("data");
    Files.createDirectories(data.getParent());
    FileChannel owner = own(data.resolveSibling("owner.lock"));
    try {
      return start(home, data, owner);
    } catch (IOException e) {
      owner.close();
      throw e;
    }
  }

  private static EmbeddedDatabase start(OmniMambaHome home, Path data, FileChannel owner)
      throws IOException {
    OrphanedPostmaster.stop(data);
    ProcessBuilder.Redirect serverLog =
        ProcessBuilder.Redirect.appendTo(data.resolveSibling("postgres.log").toFile());
    Path passwordFile = home.resolve(PASSWORD_FILE);
    boolean secured = Files.exists(passwordFile) && Files.exists(data.resolve("PG_VERSION"));
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setOverrideWorkingDirectory(home.resolve("postgres").resolve("bin").toFile())
            .setPGStartupWait(START_LIMIT)
            .setLocaleConfig("locale", "C.UTF-8")
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("max_connections", "100")
            .setErrorRedirector(serverLog)
            .setOutputRedirector(serverLog);
    String password = secured ? Files.readString(passwordFile).strip() : newPassword();
    if (secured) {
      builder.setConnectConfig("password", password);
    }
    EmbeddedPostgres server;
    try {
      server = builder.start();
    } catch (RuntimeException e) {
      throw new IOException("PostgreSQL did not start on the data in " + data, e);
    }
    EmbeddedDatabase database = new EmbeddedDatabase(server, password, owner);
    if (!secured) {
      try {
        database.secure(home, data);
      } catch (IOException | SQLException e) {
        database.close();
        throw new IOException("could not set up the database in " + data, e);
      }
    }
    log.info("PostgreSQL listens on 127.0.0.1:{}, data in {}", server.getPort(), data);
    return database;
  }

  private void secure(OmniMambaHome home, Path data) throws IOException, SQLException {
    home.writeSecret(PASSWORD_FILE, password);
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      // The password is hexadecimal, so quoting it is safe; ALTER ROLE takes no parameters.
      statement.execute("ALTER ROLE " + SUPERUSER + " PASSWORD '" + password + "'");
      try (var rows =
          statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
        if (!rows.next()) {
          statement.execute("CREATE DATABASE " + DATABASE);
        }
      }
      Files.writeString(data.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
      statement.execute("SELECT pg_reload_conf()");
    }
  }

  /** Only one process may own the data; the operating system drops the lock when it dies. */
  private static FileChannel own(Path lockFile) throws IOException {
    FileChannel channel =
        FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      channel.close();
      throw new IOException(
          "another OmniMamba already runs on "
              + lockFile.getParent()
              + "; stop it, or set OMNIMAMBA_HOME to another folder");
    }
    return channel;
  }

  private static String newPassword() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Host, port, names and password as the services' configuration wants them. */
  public Map<String, Object> connectionProperties() {
    String address = "127.0.0.1:" + server.getPort() + "/" + DATABASE;
    return Map.of(
        "spring.r2dbc.url", "r2dbc:postgresql://" + address,
        "spring.r2dbc.username", SUPERUSER,
        "spring.r2dbc.password", password,
        "spring.flyway.url", "jdbc:postgresql://" + address,
        "spring.flyway.user", SUPERUSER,
        "spring.flyway.password", password);
  }

  /** Stops the server; open connections are closed by it. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      log.warn("PostgreSQL did not stop cleanly: {}", e.getMessage());
    }
    try {
      owner.close();
    } catch (IOException e) {
      log.warn("could not release the data folder: {}", e.getMessage());
    }
  }
}
