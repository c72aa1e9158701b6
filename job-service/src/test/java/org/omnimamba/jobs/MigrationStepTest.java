package org.omnimamba.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.testing.TestDatabase;

/** The program as a step that only migrates: it needs no other setting, and ends with a status. */
class MigrationStepTest {
  @Test
  void itMigratesAndEnds() throws Exception {
    try (TestDatabase database = TestDatabase.empty()) {
      Ended first = run(database, database.username());
      assertThat(first.status()).as(first.output()).isZero();
      assertThat(first.output()).contains("The tables are up to date");
      assertThat(database.text("SELECT to_regclass('webhook_delivery')"))
          .isEqualTo("webhook_delivery");
      assertThat(run(database, database.username()).status()).isZero();
    }
  }

  @Test
  void itEndsWithAnErrorWhenTheTablesCannotBeContinued() throws Exception {
    try (TestDatabase database = TestDatabase.empty()) {
      database.execute("CREATE TABLE queue_job (id integer)");
      Ended failed = run(database, database.username());
      assertThat(failed.status()).as(failed.output()).isEqualTo(1);
      assertThat(failed.output())
          .contains("The tables could not be migrated")
          .contains("queue_job");
    }
  }

  private record Ended(int status, String output) {}

  private static Ended run(TestDatabase database, String user) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElse("java"),
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    JobServiceApplication.class.getName()))
            .redirectErrorStream(true);
    builder.environment().put("OMNIMAMBA_DATABASE_MIGRATE", "only");
    builder
        .environment()
        .put("OMNIMAMBA_DATABASE_URL", database.jdbcUrl().substring("jdbc:".length()));
    builder.environment().put("OMNIMAMBA_DATABASE_USERNAME", user);
    builder.environment().put("OMNIMAMBA_DATABASE_PASSWORD", database.password());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }
}
