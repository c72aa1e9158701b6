package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.standalone.OmniMambaHome;

class EmbeddedDatabaseTest {
  @TempDir Path folder;

  @Test
  void keepsItsDataDurablyBehindAPassword() throws Exception {
    OmniMambaHome home = OmniMambaHome.at(folder.resolve("home"));
    try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
      try (Connection connection = connect(database)) {
        connection.createStatement().execute("CREATE TABLE kept AS SELECT 42 AS answer");
        assertThat(query(connection, "SHOW fsync")).isEqualTo("on");
        assertThat(query(connection, "SHOW synchronous_commit")).isEqualTo("on");
      }
      String url = (String) database.connectionProperties().get("spring.flyway.url");
      assertThatThrownBy(() -> DriverManager.getConnection(url, "postgres", "wrong").close())
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password");
    }
    assertThat(Files.getPosixFilePermissions(home.resolve("postgres-password")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));

    try (EmbeddedDatabase again = EmbeddedDatabase.start(home);
        Connection connection = connect(again)) {
      assertThat(query(connection, "SELECT answer FROM kept")).isEqualTo("42");
    }
  }

  @Test
  void aSecondOwnerIsRefusedAndTheFirstUnharmed() throws Exception {
    OmniMambaHome home = OmniMambaHome.at(folder.resolve("home"));
    try (EmbeddedDatabase first = EmbeddedDatabase.start(home)) {
      // Within one JVM the lock shows as an exception of its own; another process gets null.
      Process second =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  DatabaseProcess.class.getName(),
                  home.directory().toString())
              .redirectErrorStream(true)
              .start();
      String output = new String(second.getInputStream().readAllBytes());
      assertThat(second.waitFor()).as(output).isEqualTo(3);
      assertThat(output).contains("another OmniMamba already runs on");
      try (Connection connection = connect(first)) {
        assertThat(query(connection, "SELECT 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void aServerWhoseParentWasKilledIsReplacedWithNothingLost() throws Exception {
    OmniMambaHome home = OmniMambaHome.at(folder.resolve("home"));
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DatabaseProcess.class.getName(),
                home.directory().toString())
            .redirectErrorStream(true)
            .start();
    String ready;
    var reader = parent.inputReader();
    do {
      ready = reader.readLine();
    } while (ready != null && !ready.equals("READY"));
    assertThat(ready).isEqualTo("READY");
    long orphan =
        Long.parseLong(
            Files.readAllLines(home.resolve("postgres/data/postmaster.pid")).get(0).strip());
    parent.destroyForcibly();
    assertThat(parent.waitFor(30, TimeUnit.SECONDS)).isTrue();

    try (EmbeddedDatabase database = EmbeddedDatabase.start(home);
        Connection connection = connect(database)) {
      assertThat(query(connection, "SELECT answer FROM kept")).isEqualTo("42");
      Optional<ProcessHandle> left = ProcessHandle.of(orphan).filter(ProcessHandle::isAlive);
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aForeignProcessWithTheSameIdIsLeftAlone() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n");
    OrphanedPostmaster.stop(data);
    assertThat(ProcessHandle.current().isAlive()).isTrue();
  }

  static Connection connect(EmbeddedDatabase database) throws SQLException {
    Map<String, Object> settings = database.connectionProperties();
    return DriverManager.getConnection(
        (String) settings.get("spring.flyway.url"),
        (String) settings.get("spring.flyway.user"),
        (String) settings.get("spring.flyway.password"));
  }

  private static String query(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
