package org.omnimamba.rehearsal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server on a host of its own, durable as in production. */
final class Database implements AutoCloseable {
  static final String USER = "omnimamba";
  static final String NAME = "omnimamba";

  /** A user that every system has: PostgreSQL looks its own up. */
  private static final String NOBODY = "65534";

  private final Host host;
  private final Path home;
  private final String password;
  private @Nullable Process server;

  /**
   * Unpacks PostgreSQL and makes an empty cluster; does not start it.
   *
   * @param home a new folder
   */
  Database(Host host, Path home, String password) throws IOException {
    this.host = host;
    this.home = Files.createDirectories(home);
    this.password = password;
    unpack(home.resolve("bin"));
    Path data = Files.createDirectories(home.resolve("data"));
    Path passwordFile = home.resolve("password");
    Files.writeString(passwordFile, password);
    if (Sandbox.mayChangeUser()) {
      Shell.run("chown", "-R", NOBODY + ":" + NOBODY, home.toString());
    }
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    List<String> command = new ArrayList<>(asServer());
    command.addAll(
        List.of(
            binary("initdb"),
            "-D",
            data.toString(),
            "-U",
            USER,
            "--pwfile",
            passwordFile.toString(),
            "--auth",
            "scram-sha-256",
            "--locale",
            "C.UTF-8"));
    Shell.run("", command);
    Files.writeString(data.resolve("pg_hba.conf"), "host all all 0.0.0.0/0 scram-sha-256\n");
  }

  Host host() {
    return host;
  }

  /** Starts the server and waits until it answers. */
  void start() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(asServer());
    command.addAll(
        List.of(
            binary("postgres"),
            "-D",
            home.resolve("data").toString(),
            "-c",
            "listen_addresses=*",
            "-c",
            "unix_socket_directories=",
            "-c",
            "max_connections=200"));
    server =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("postgres.log").toFile()))
            .start();
    Wait.until(
        "PostgreSQL answers",
        Duration.ofSeconds(60),
        () -> {
          try (Connection connection = connect("postgres")) {
            return connection.isValid(2);
          } catch (SQLException e) {
            return false;
          }
        });
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + NAME + "'")) {
      if (!found.next()) {
        statement.execute("CREATE DATABASE " + NAME);
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  /** Stops the server as its own service manager does: sessions are cut off, data is flushed. */
  void stop() throws InterruptedException {
    Process running = server;
    if (running != null) {
      running
          .descendants()
          .filter(process -> process.info().command().orElse("").endsWith("/postgres"))
          .findFirst()
          .or(() -> java.util.Optional.of(running.toHandle()))
          .ifPresent(process -> Shell.run("kill", "-INT", Long.toString(process.pid())));
      if (!running.waitFor(30, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    }
  }

  /** The single number that a query gives. */
  long number(String query) {
    try (Connection connection = connect(NAME);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://" + host.address() + ":5432/" + database + "?connectTimeout=5",
        USER,
        password);
  }

  private List<String> asServer() {
    List<String> words = new ArrayList<>(Sandbox.onHost(host, NOBODY));
    if (!Sandbox.mayChangeUser()) {
      // PostgreSQL refuses user 0, which the user is in the launcher's namespace
      words.addAll(List.of("unshare", "--user"));
    }
    return words;
  }

  private String binary(String name) {
    return home.resolve("bin/bin").resolve(name).toString();
  }

  private static void unpack(Path target) throws IOException {
    try (InputStream archive = Database.class.getResourceAsStream("/postgres-linux-x86_64.txz")) {
      if (archive == null) {
        throw new IOException("no PostgreSQL for this machine on the class path");
      }
      try (TarArchiveInputStream tar =
          new TarArchiveInputStream(
              new XZCompressorInputStream(new BufferedInputStream(archive)))) {
        for (TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          Path path = target.resolve(entry.getName()).normalize();
          if (entry.isDirectory()) {
            Files.createDirectories(path);
          } else if (entry.isSymbolicLink()) {
            Files.createDirectories(path.getParent());
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
          } else {
            Files.createDirectories(path.getParent());
            Files.copy(tar, path);
            if ((entry.getMode() & 0100) != 0) {
              path.toFile().setExecutable(true, false);
            }
          }
        }
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    stop();
  }
}
