package org.omnimamba.web.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.omnimamba.queue.testing.PostgresServer;
import org.omnimamba.queue.testing.PostgresVersion;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

/** A service starts without its database and takes it up when it comes. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseGateTest {
  private static final SchemaHistory FIRST =
      new SchemaHistory("test_history", "classpath:org/omnimamba/web/database/first", null);
  private static final SchemaHistory SECOND =
      new SchemaHistory("test_history", "classpath:org/omnimamba/web/database/second", null);
  private static final SchemaHistory BROKEN =
      new SchemaHistory("broken_history", "classpath:org/omnimamba/web/database/broken", null);

  @Test
  void itOpensWhenTheDatabaseComesAndSaysOnceWhyNotBefore(CapturedOutput output) {
    try (TestDatabase postgres = TestDatabase.empty()) {
      postgres.execute("CREATE ROLE late_role LOGIN");
      String name = postgres.jdbcUrl().replaceFirst(".*/", "");
      Database database = database(postgres, "late_role", "unused", name + "_late");
      try (DatabaseGate gate = new DatabaseGate(database, List.of(FIRST), MigrateMode.TRUE)) {
        AtomicInteger started = new AtomicInteger();
        gate.whenOpen(started::incrementAndGet);
        gate.start();
        assertThat(gate.isOpen()).isFalse();
        assertThat(gate.reason()).contains("create it");

        // two things are put right, one after the other
        assertThat(gate.attempt()).isFalse();
        assertThat(gate.attempt()).isFalse();
        postgres.execute("CREATE DATABASE " + name + "_late");
        await().atMost(Duration.ofMinutes(1)).until(() -> gate.reason().contains("lacks a right"));
        assertThat(started).hasValue(0);
        postgres.execute("ALTER DATABASE " + name + "_late OWNER TO late_role");
        await().atMost(Duration.ofMinutes(1)).until(gate::isOpen);
        await().atMost(Duration.ofMinutes(1)).until(() -> started.get() == 1);
        gate.whenOpen(started::incrementAndGet);
        assertThat(started).hasValue(2);
        assertThat(gate.reason()).isNull();
        assertThat(output.getOut().lines().filter(line -> line.contains("create it"))).hasSize(1);
        assertThat(output).contains("The database is ready, after");
      } finally {
        postgres.execute("DROP DATABASE IF EXISTS " + name + "_late WITH (FORCE)");
        postgres.execute("DROP ROLE late_role");
      }
    }
  }

  @Test
  void withoutTheRightToMigrateItWaitsForTheStepThatDoesSo() {
    try (TestDatabase postgres = TestDatabase.empty()) {
      Database database = database(postgres);
      try (DatabaseGate gate = new DatabaseGate(database, List.of(SECOND), MigrateMode.FALSE);
          DatabaseGate step = new DatabaseGate(database, List.of(SECOND), MigrateMode.ONLY)) {
        gate.start();
        assertThat(gate.reason()).contains("V1, V2");
        assertThat(postgres.text("SELECT to_regclass('test_table')")).isEqualTo("null");
        assertThat(step.attempt()).isTrue();
        await().atMost(Duration.ofMinutes(1)).until(gate::isOpen);
      }
    }
  }

  @Test
  void anOlderVersionBearsMigrationsOfALaterOne() {
    try (TestDatabase postgres = TestDatabase.empty()) {
      Database database = database(postgres);
      try (DatabaseGate later = new DatabaseGate(database, List.of(SECOND), MigrateMode.TRUE);
          DatabaseGate older = new DatabaseGate(database, List.of(FIRST), MigrateMode.TRUE);
          DatabaseGate waiting = new DatabaseGate(database, List.of(FIRST), MigrateMode.FALSE)) {
        assertThat(later.attempt()).isTrue();
        assertThat(older.attempt()).isTrue();
        assertThat(waiting.attempt()).isTrue();
      }
    }
  }

  @Test
  void aMigrationThatCannotBeAppliedEndsTheStart() {
    try (TestDatabase postgres = TestDatabase.empty();
        DatabaseGate gate =
            new DatabaseGate(database(postgres), List.of(BROKEN), MigrateMode.TRUE)) {
      assertThatThrownBy(gate::start)
          .isInstanceOf(IncompatibleDatabaseException.class)
          .hasMessageContaining("broken_history")
          .hasMessageContaining("no_such_table");
    }
  }

  @Test
  void aServerThatIsTooOldIsRefusedWithBothVersions() {
    try (PostgresServer server =
            PostgresServer.start(PostgresVersion.V15, PostgresServer.Durability.NONE);
        TestDatabase postgres = TestDatabase.empty(server);
        DatabaseGate gate =
            new DatabaseGate(database(postgres), List.of(FIRST), MigrateMode.TRUE)) {
      assertThatThrownBy(gate::start)
          .isInstanceOf(IncompatibleDatabaseException.class)
          .hasMessageContaining("is version 15.")
          .hasMessageContaining("needs version 16 or newer");
      assertThat(postgres.text("SELECT to_regclass('test_history')")).isEqualTo("null");
    }
  }

  private static Database database(TestDatabase postgres) {
    return database(
        postgres,
        postgres.username(),
        postgres.password(),
        postgres.jdbcUrl().replaceFirst(".*/", ""));
  }

  private static Database database(
      TestDatabase postgres, String user, String password, String name) {
    return new Database(
        DatabaseAddress.of(
            new DatabaseProperties(
                postgres.jdbcUrl().replaceFirst("/[^/]*$", "/" + name),
                null,
                0,
                "",
                user,
                password,
                null,
                null,
                MigrateMode.TRUE,
                new DatabaseProperties.Migration(null, null)),
            new MockEnvironment()));
  }
}
