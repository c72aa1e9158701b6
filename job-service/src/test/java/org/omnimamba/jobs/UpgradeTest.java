package org.omnimamba.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.queue.QueueMigrations;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A database of an earlier version, with the service's tables on it, is brought up to date. */
class UpgradeTest {
  private static final String JOBS = "classpath:org/omnimamba/jobs/migration";

  @Test
  void aJobOfAnEarlierVersionIsDoneByThisOne() {
    try (TestDatabase database = TestDatabase.empty();
        FakeInference inference = new FakeInference()) {
      // the queue's first migrations, then the service's, as they were first published
      flyway(database).locations(QueueMigrations.LOCATION).target("102").load().migrate();
      flyway(database).locations(JOBS).ignoreMigrationPatterns("*:missing").load().migrate();
      database.execute(
          "INSERT INTO queue_job (kind, tenant, max_attempts, ranked_at, available_at, created_at,"
              + " updated_at, attributes, payload) SELECT 'inference', 'ada', 5, at, at, at, at,"
              + " '{\"endpoint\": \"/v1/images/generations\", \"metadata\": {}}',"
              + " '{\"prompt\": \"an apple\"}' FROM (SELECT queue_now() AS at) clock");
      try (ConfigurableApplicationContext service = start(database, inference)) {
        assertThat(service.isRunning()).isTrue();
        await()
            .atMost(Jobs.PATIENCE)
            .until(() -> database.text("SELECT status FROM queue_job").equals("completed"));
      }
      assertThat(
              database.number(
                  "SELECT count(*) FROM jobs_schema_history WHERE NOT success OR version = '102'"))
          .isEqualTo(1);
    }
  }

  private static FluentConfiguration flyway(TestDatabase database) {
    return Flyway.configure()
        .dataSource(database.jdbcUrl(), database.username(), database.password())
        .table("jobs_schema_history");
  }

  private static ConfigurableApplicationContext start(
      TestDatabase database, FakeInference inference) {
    SpringApplicationBuilder builder = JobServiceApplication.builder();
    return builder.run(
        "--server.port=0",
        "--management.server.port=-1",
        "--omnimamba.internal-token=" + TestService.TOKEN,
        "--omnimamba.jobs.inference-url=" + inference.url(),
        "--spring.r2dbc.url=" + database.r2dbcUrl(),
        "--spring.r2dbc.username=" + database.username(),
        "--spring.r2dbc.password=" + database.password(),
        "--spring.flyway.url=" + database.jdbcUrl(),
        "--spring.flyway.user=" + database.username(),
        "--spring.flyway.password=" + database.password());
  }
}
