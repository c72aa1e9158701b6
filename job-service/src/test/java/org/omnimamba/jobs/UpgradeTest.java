package org.omnimamba.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.queue.QueueMigrations;
import org.omnimamba.queue.testing.Catalog;
import org.omnimamba.queue.testing.TestDatabase;
import org.omnimamba.web.usage.UsageTables;
import org.springframework.context.ConfigurableApplicationContext;

/** From one version to the next: no job is lost, and the version before goes on working. */
class UpgradeTest {
  private static final String SERVICE = "classpath:org/omnimamba/jobs/migration";
  private static final String SERVICE_HISTORY = "job_service_schema_history";

  @Test
  void twoReplicasTakeOverADatabaseOfTheVersionBeforeWithJobsInIt() throws Exception {
    try (TestDatabase database = TestDatabase.empty();
        TestDatabase fresh = TestDatabase.empty();
        FakeInference inference = new FakeInference()) {
      before(database).load().migrate();
      waitingJobs(database, 20);
      // the version before was killed while it ran these
      database.execute(
          "UPDATE queue_job SET status = 'in_progress', attempt = 1, token = 1, worker = 'gone',"
              + " lease_until = queue_now() - interval '1 second', started_at = queue_now()"
              + " WHERE id IN (SELECT id FROM queue_job ORDER BY id LIMIT 5)");

      List<CompletableFuture<ConfigurableApplicationContext>> replicas =
          IntStream.range(0, 2)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> start(database, inference)))
              .toList();
      try (ConfigurableApplicationContext one = replicas.get(0).get();
          ConfigurableApplicationContext other = replicas.get(1).get()) {
        assertThat(one.isRunning() && other.isRunning()).isTrue();
        await()
            .atMost(Jobs.PATIENCE)
            .until(() -> count(database, "queue_job", "status = 'completed'") == 20);
      }
      assertThat(count(database, "queue_job", "true")).isEqualTo(20);
      assertThat(count(database, "job_event", "type = 'finished'")).isEqualTo(20);

      // each history has its own, once, and the tables are those of a new database
      assertThat(versions(database, QueueMigrations.HISTORY)).isEqualTo("100,101");
      now(fresh, QueueMigrations.LOCATION, QueueMigrations.HISTORY).load().migrate();
      now(fresh, SERVICE, SERVICE_HISTORY).load().migrate();
      now(fresh, UsageTables.HISTORY.location(), UsageTables.HISTORY.table()).load().migrate();
      // the second history of a new database begins with a baseline, since the first has made
      // tables
      assertThat("0," + versions(database, SERVICE_HISTORY))
          .startsWith("0,200,201,202,203")
          .isEqualTo(versions(fresh, SERVICE_HISTORY));
      assertThat(Catalog.of(database)).isEqualTo(Catalog.of(fresh));

      // a replica of the version before may restart, and its statements still do what they did
      assertThat(before(database).load().migrate().migrationsExecuted).isZero();
      database.execute(resource("org/omnimamba/jobs/prerelease/statements.sql"));
      assertThat(count(database, "queue_job", "tenant = 'old' AND status = 'completed'"))
          .isEqualTo(4);
      assertThat(count(database, "webhook_delivery", "tenant = 'old'")).isEqualTo(1);
    }
  }

  @Test
  void aLaterVersionsMigrationsDoNotDisturbThisOne() {
    try (TestDatabase database = TestDatabase.empty();
        FakeInference inference = new FakeInference();
        ConfigurableApplicationContext running = start(database, inference)) {
      waitingJobs(database, 5);
      await()
          .atMost(Jobs.PATIENCE)
          .until(() -> count(database, "queue_job", "status = 'completed'") == 5);

      now(database, QueueMigrations.LOCATION, QueueMigrations.HISTORY)
          .locations(QueueMigrations.LOCATION, "classpath:org/omnimamba/queue/future")
          .load()
          .migrate();
      now(database, SERVICE, SERVICE_HISTORY)
          .locations(SERVICE, "classpath:org/omnimamba/jobs/future")
          .load()
          .migrate();

      // the replica that was there goes on, on the connections it has, and another one starts
      waitingJobs(database, 10);
      await()
          .atMost(Jobs.PATIENCE)
          .until(() -> count(database, "queue_job", "status = 'completed'") == 15);
      running.close();
      waitingJobs(database, 5);
      try (ConfigurableApplicationContext restarted = start(database, inference)) {
        assertThat(restarted.isRunning()).isTrue();
        await()
            .atMost(Jobs.PATIENCE)
            .until(() -> count(database, "queue_job", "status = 'completed'") == 20);
      }
    }
  }

  @Test
  void tablesThatAreTooOldAreRefusedAndLeftAsTheyAre() {
    try (TestDatabase database = TestDatabase.empty();
        FakeInference inference = new FakeInference()) {
      before(database).target("104").load().migrate();
      String tables = Catalog.of(database);
      assertThatThrownBy(() -> start(database, inference))
          .rootCause()
          .hasMessageContaining("jobs_schema_history")
          .hasMessageContaining("migration 107 is missing");
      assertThat(Catalog.of(database)).isEqualTo(tables);
    }
  }

  private static void waitingJobs(TestDatabase database, int count) {
    database.execute(
        "INSERT INTO queue_job (kind, tenant, max_attempts, ranked_at, available_at, created_at,"
            + " updated_at, attributes, payload) SELECT 'inference', 'ada', 5, at, at, at, at,"
            + " '{\"endpoint\": \"/v1/images/generations\", \"metadata\": {}}',"
            + " '{\"prompt\": \"an apple\"}' FROM (SELECT queue_now() AS at) clock,"
            + " generate_series(1, "
            + count
            + ")");
  }

  private static long count(TestDatabase database, String table, String condition) {
    return database.number("SELECT count(*) FROM " + table + " WHERE " + condition);
  }

  private static String versions(TestDatabase database, String history) {
    return database.text(
        "SELECT string_agg(version, ',' ORDER BY installed_rank) FROM "
            + history
            + " WHERE success AND version IS NOT NULL");
  }

  /** The migrations and settings of the version before this one: one history for both families. */
  private static FluentConfiguration before(TestDatabase database) {
    return flyway(database)
        .locations(
            "classpath:org/omnimamba/queue/prerelease", "classpath:org/omnimamba/jobs/prerelease")
        .table("jobs_schema_history")
        .outOfOrder(true)
        .baselineOnMigrate(true)
        .baselineVersion("0");
  }

  private static FluentConfiguration now(TestDatabase database, String location, String history) {
    return flyway(database)
        .locations(location)
        .table(history)
        .baselineOnMigrate(true)
        .baselineVersion("0");
  }

  private static FluentConfiguration flyway(TestDatabase database) {
    return Flyway.configure()
        .dataSource(database.jdbcUrl(), database.username(), database.password());
  }

  private static String resource(String name) throws Exception {
    try (InputStream in = UpgradeTest.class.getClassLoader().getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static ConfigurableApplicationContext start(
      TestDatabase database, FakeInference inference) {
    return JobServiceApplication.builder()
        .run(
            "--server.port=0",
            "--management.server.port=0",
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
