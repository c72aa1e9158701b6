package org.omnimamba.standalone.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.omnimamba.standalone.OmniMambaHome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL server that keeps its data under {@code $OMNIMAMBA_HOME/postgres} and listens
 * on loopback only, behind a password of its own.
 *
 * <p>Commits are durable. Every step of setting up is done whole or done anew, so that a start that
 * was interrupted at any point does not keep the next one from succeeding. A server that outlived
 * its killed parent is stopped before a new one starts, and one that ends by itself is started
 * again on the same port.
 */
public final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final String DATABASE = "omnimamba";
  private static final String PASSWORD_FILE = "postgres-password";
  private static final String WRONG_PASSWORD = "28P01";
  private static final long LONGEST_PAUSE_SECONDS = 30;

  private final OmniMambaHome home;
  private final Path data;
  private final List<Consumer<Boolean>> watchers = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService keeper =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "postgres-keeper");
            thread.setDaemon(true);
            return thread;
          });

  /** Held while a server starts or stops: who closes waits for a start that is under way. */
  private final Object transition = new Object();

  private volatile boolean closing;
  private @Nullable PostgresServer server;
  private @Nullable FileChannel owner;
  private String password = "";
  private int port;

  private EmbeddedDatabase(OmniMambaHome home) {
    this.home = home;
    this.data = home.resolve("postgres").resolve("data");
  }

  /** A database that does not run yet; it may be closed while it starts. */
  static EmbeddedDatabase in(OmniMambaHome home) {
    return new EmbeddedDatabase(home);
  }

  /**
   * Starts the server, creating its data folder, password and database where they are missing.
   *
   * @throws IOException if the server does not start; the message says why and where its data is
   */
  public static EmbeddedDatabase start(OmniMambaHome home) throws IOException {
    EmbeddedDatabase database = in(home);
    try {
      database.start();
      return database;
    } catch (IOException e) {
      database.close();
      throw e;
    }
  }

  /**
   * Is told {@code false} when the server has ended by itself, and {@code true} when it is back.
   */
  void watch(Consumer<Boolean> watcher) {
    watchers.add(watcher);
  }

  void start() throws IOException {
    synchronized (transition) {
      setUp();
    }
  }

  private void setUp() throws IOException {
    Files.createDirectories(data.getParent());
    owner = own(data.resolveSibling("owner.lock"));
    OrphanedPostmaster.stop(data);
    Path logFile = data.resolveSibling("postgres.log");
    PostgresServer postgres =
        new PostgresServer(PostgresBinaries.in(data.resolveSibling("bin")), data, logFile);
    server = postgres;
    boolean known = Files.exists(home.resolve(PASSWORD_FILE));
    password = known ? Files.readString(home.resolve(PASSWORD_FILE)).strip() : newPassword();
    if (!known) {
      home.writeSecret(PASSWORD_FILE, password);
    }
    checkOpen();
    if (!Files.exists(data)) {
      postgres.initialise(password);
    }
    checkOpen();
    ProcessHandle process;
    try {
      process = open(postgres);
    } catch (IOException e) {
      if (known || closing) {
        throw e;
      }
      // Without a password nothing was ever kept here: an earlier start was cut inside initdb.
      Path aside = data.resolveSibling("data.unfinished");
      PostgresBinaries.delete(aside);
      Files.move(data, aside);
      log.warn("the data in {} was never finished; it is now {}, and made anew", data, aside);
      postgres.initialise(password);
      process = open(postgres);
    }
    process.onExit().thenRun(this::ended);
    log.info("PostgreSQL listens on 127.0.0.1:{}, data in {}", port, data);
  }

  private void checkOpen() throws IOException {
    if (closing) {
      throw new IOException("stopped while starting");
    }
  }

  /** Starts the server so that the password, and nothing else, opens the database. */
  private ProcessHandle open(PostgresServer postgres) throws IOException {
    Files.writeString(data.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
    ProcessHandle process = postgres.start(choosePort());
    try {
      createDatabase();
    } catch (SQLException e) {
      if (!WRONG_PASSWORD.equals(e.getSQLState())) {
        throw new IOException("could not set up the database in " + data, e);
      }
      log.warn("the database has another password than {}; it is replaced", PASSWORD_FILE);
      postgres.stop();
      // the password is hexadecimal or its owner's own; a quote in it is doubled
      postgres.executeAlone(
          "ALTER ROLE "
              + PostgresServer.SUPERUSER
              + " PASSWORD '"
              + password.replace("'", "''")
              + "'");
      process = postgres.start(port);
      try {
        createDatabase();
      } catch (SQLException again) {
        throw new IOException("could not set up the database in " + data, again);
      }
    }
    return process;
  }

  private void createDatabase() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", user(), password);
        Statement statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
      if (!rows.next()) {
        statement.execute("CREATE DATABASE " + DATABASE);
      }
    }
  }

  private static String user() {
    return PostgresServer.SUPERUSER;
  }

  private int choosePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      return port;
    }
  }

  private void ended() {
    if (!closing) {
      log.error("PostgreSQL has ended by itself; it is started again");
      watchers.forEach(watcher -> watcher.accept(false));
      keeper.execute(() -> startAgain(1));
    }
  }

  private void startAgain(long pauseSeconds) {
    PostgresServer postgres = server;
    try {
      synchronized (transition) {
        if (closing || postgres == null) {
          return;
        }
        OrphanedPostmaster.stop(data);
        postgres.start(port).onExit().thenRun(this::ended);
      }
      log.info("PostgreSQL runs again on 127.0.0.1:{}", port);
      watchers.forEach(watcher -> watcher.accept(true));
    } catch (IOException e) {
      log.error("{}; next attempt in {} s", e.getMessage(), pauseSeconds);
      keeper.schedule(
          () -> startAgain(Math.min(2 * pauseSeconds, LONGEST_PAUSE_SECONDS)),
          pauseSeconds,
          TimeUnit.SECONDS);
    }
  }

  /** Only one process may own the data; the operating system drops the lock when it dies. */
  private static FileChannel own(Path lockFile) throws IOException {
    FileChannel channel =
        FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // another one in this process
    }
    channel.close();
    throw new IOException(
        "another OmniMamba already runs on "
            + lockFile.getParent()
            + "; stop it, or set OMNIMAMBA_HOME to another folder");
  }

  private static String newPassword() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * Address, name and password as the services' configuration wants them; they win over a database
   * that the environment names.
   */
  public Map<String, Object> connectionProperties() {
    String address = "127.0.0.1:" + port + "/" + DATABASE;
    return Map.of(
        "omnimamba.database.url",
        "postgresql://" + address,
        "omnimamba.database.username",
        user(),
        "omnimamba.database.password",
        password,
        "omnimamba.database.migration.username",
        user(),
        "omnimamba.database.migration.password",
        password,
        "spring.flyway.url",
        "jdbc:postgresql://" + address,
        "spring.flyway.user",
        user(),
        "spring.flyway.password",
        password);
  }

  /** Stops the server, also one that is just starting; open connections are closed by it. */
  @Override
  public void close() {
    closing = true;
    keeper.shutdown();
    synchronized (transition) {
      stop();
    }
  }

  private void stop() {
    PostgresServer postgres = server;
    try {
      if (postgres != null) {
        postgres.stop();
      }
    } catch (IOException e) {
      log.warn("PostgreSQL did not stop cleanly: {}", e.getMessage());
      try {
        OrphanedPostmaster.stop(data);
      } catch (IOException again) {
        log.warn("PostgreSQL may still run: {}", again.getMessage());
      }
    }
    FileChannel lock = owner;
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      log.warn("could not release the data folder: {}", e.getMessage());
    }
  }
}
