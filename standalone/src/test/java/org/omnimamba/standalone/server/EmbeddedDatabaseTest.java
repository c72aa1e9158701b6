package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
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
    long orphan = serverOf(home);
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

  @Test
  void aFirstStartThatWasCutInsideOfInitdbIsDoneAnew() throws Exception {
    OmniMambaHome home = OmniMambaHome.at(folder.resolve("home"));
    Path postgres = home.resolve("postgres");
    // as initdb leaves its folder half made, beside programs that are half unpacked
    for (String name : List.of("data.new", "data")) {
      Path half = Files.createDirectories(postgres.resolve(name));
      Files.writeString(half.resolve("PG_VERSION"), "18\n");
    }
    try (EmbeddedDatabase first = EmbeddedDatabase.start(home);
        Connection connection = connect(first)) {
      assertThat(query(connection, "SELECT 1")).isEqualTo("1");
    }
    Path programs;
    try (var folders = Files.list(postgres.resolve("bin"))) {
      programs = folders.findFirst().orElseThrow();
    }
    Files.move(programs, programs.resolveSibling(programs.getFileName() + ".new"));
    try (EmbeddedDatabase again = EmbeddedDatabase.start(home);
        Connection connection = connect(again)) {
      assertThat(query(connection, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aFirstStartThatWasCutBeforeTheDatabaseWasMadeIsFinished() throws Exception {
    OmniMambaHome home = OmniMambaHome.at(folder.resolve("home"));
    try (EmbeddedDatabase database = EmbeddedDatabase.start(home);
        Connection connection =
            DriverManager.getConnection(
                database
                    .connectionProperties()
                    .get("spring.flyway.url")
                    .toString()
                    .replace("/omnimamba", "/postgres"),
                "postgres",
                database.connectionProperties().get("spring.flyway.password").toString())) {
      connection.createStatement().execute("DROP DATABASE omnimamba");
      connection.createStatement().execute("ALTER ROLE postgres PASSWORD 'another'");
    }
    Path rules = home.resolve("postgres/data/pg_hba.conf");
    Files.writeString(rules, "host all all 127.0.0.1/32 trust\n");

    try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
      try (Connection connection = connect(database)) {
        assertThat(query(connection, "SELECT current_database()")).isEqualTo("omnimamba");
      }
      String url = (String) database.connectionProperties().get("spring.flyway.url");
      assertThatThrownBy(() -> DriverManager.getConnection(url, "postgres", "wrong").close())
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password");
    }
  }

  @Test
  void aServerThatEndsByItselfIsStartedAgainAndItsOwnerIsTold() throws Exception {
    OmniMambaHome home = OmniMambaHome.at(folder.resolve("home"));
    try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
      List<Boolean> told = new CopyOnWriteArrayList<>();
      database.watch(told::add);
      try (Connection connection = connect(database)) {
        connection.createStatement().execute("CREATE TABLE kept AS SELECT 42 AS answer");
      }
      ProcessHandle.of(serverOf(home)).orElseThrow().destroyForcibly();

      await().atMost(Duration.ofMinutes(2)).until(() -> told.equals(List.of(false, true)));
      try (Connection connection = connect(database)) {
        assertThat(query(connection, "SELECT answer FROM kept")).isEqualTo("42");
      }
    }
    assertThat(home.resolve("postgres/data/postmaster.pid")).doesNotExist();
  }

  @Test
  void closingADatabaseThatStartsLeavesNoServer() throws Exception {
    OmniMambaHome home = OmniMambaHome.at(folder.resolve("home"));
    EmbeddedDatabase database = EmbeddedDatabase.in(home);
    Thread starting =
        new Thread(
            () -> {
              try {
                database.start();
              } catch (IOException e) {
                // "stopped while starting", unless it was quicker
              }
            });
    starting.start();
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> Files.exists(home.resolve("postgres/bin")) || !starting.isAlive());
    database.close();
    starting.join();
    assertThat(home.resolve("postgres/data/postmaster.pid")).doesNotExist();

    try (EmbeddedDatabase again = EmbeddedDatabase.start(home);
        Connection connection = connect(again)) {
      assertThat(query(connection, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aHomeIsFoundByItsRealPath() throws Exception {
    Path real = Files.createDirectories(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    assertThat(OmniMambaHome.at(link).directory()).isEqualTo(real.toRealPath());
  }

  @Test
  void aFailureSaysWhatPostgresSaid() throws Exception {
    OmniMambaHome home = OmniMambaHome.at(folder.resolve("home"));
    EmbeddedDatabase.start(home).close();
    Files.writeString(home.resolve("postgres/data/postgresql.conf"), "no_such_setting = 1\n");
    assertThatThrownBy(() -> EmbeddedDatabase.start(home))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no_such_setting")
        .hasMessageContaining(home.resolve("postgres/data").toString());
  }

  private static long serverOf(OmniMambaHome home) throws IOException {
    return Long.parseLong(
        Files.readAllLines(home.resolve("postgres/data/postmaster.pid")).get(0).strip());
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
