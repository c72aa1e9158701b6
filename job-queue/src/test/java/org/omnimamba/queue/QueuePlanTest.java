package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.queue.testing.QueueFixture;

/** With 100,000 jobs waiting, no statement of the queue may read more than its share. */
class QueuePlanTest {
  private static final int TENANTS = 20;
  private static final Pattern BUFFERS = Pattern.compile("shared hit=(\\d+)(?: read=(\\d+))?");

  private static QueueFixture fixture;

  @BeforeAll
  static void fill() {
    fixture = new QueueFixture(2, Map.of());
    for (int tenant = 0; tenant < TENANTS; tenant++) {
      fixture.fill("plan", "tenant-" + tenant, 100_000 / TENANTS);
    }
    fixture.fill("plan-of-one", "tenant-0", 10_000);
    fixture.database.execute("ANALYZE queue_job");
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @Test
  void aClaimReadsAFewPagesPerTenantAndJob() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      String claim = "SELECT id FROM queue_claim('plan', 'w', 10, interval '30 s', NULL)";
      // the first calls plan the function's statements and read the catalogues
      statement.execute(claim);
      String plan = lines(statement, "EXPLAIN (ANALYZE, BUFFERS) " + claim);
      Matcher buffers = BUFFERS.matcher(plan);
      assertThat(buffers.find()).as(plan).isTrue();
      long pages = Long.parseLong(buffers.group(1));
      if (buffers.group(2) != null) {
        pages += Long.parseLong(buffers.group(2));
      }
      // for each tenant a few index descents and the heads of ten jobs; the table has far more
      // pages
      assertThat(pages).as(plan).isLessThan(TENANTS * 60L);
      assertThat(
              fixture.database.number("SELECT relpages FROM pg_class WHERE relname = 'queue_job'"))
          .isGreaterThan(TENANTS * 100L);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "plan-of-one"})
  void theClaimsPlanUsesTheReadyIndexAndNoScanOfTheTable(String kind) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      explainEverything(statement);
      statement.execute("SELECT id FROM queue_claim('" + kind + "', 'w', 10, interval '30 s', 5)");
      assertThat(warnings(statement))
          .contains("queue_job_ready")
          .contains("queue_job_running")
          .contains("Tid Scan on queue_job")
          .doesNotContain("Seq Scan on queue_job");
    }
  }

  private static void explainEverything(Statement statement) throws SQLException {
    statement.execute(
        "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET"
            + " auto_explain.log_nested_statements = on; SET auto_explain.log_level = notice");
  }

  private static String warnings(Statement statement) throws SQLException {
    StringBuilder plans = new StringBuilder();
    for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
      plans.append(w.getMessage()).append('\n');
    }
    return plans.toString();
  }

  static Stream<Arguments> statements() {
    return Stream.of(
        Arguments.of("queue_job_pkey", JobSql.GET),
        Arguments.of("queue_job_pkey", JobSql.CANCEL),
        Arguments.of("queue_job_pkey", JobSql.ASK_TO_STOP),
        Arguments.of("queue_job_pkey", JobSql.DELETE),
        Arguments.of("queue_job_pkey", DeadLetters.REDRIVE),
        Arguments.of("queue_job_dead", DeadLetters.REDRIVE_ALL),
        Arguments.of("queue_job_listing", JobSql.LIST),
        Arguments.of("queue_job_pkey", LeaseSql.HEARTBEAT),
        Arguments.of("queue_job_pkey", LeaseSql.PROGRESS),
        Arguments.of("queue_job_pkey", LeaseSql.COMPLETE),
        Arguments.of("queue_job_pkey", LeaseSql.FAIL),
        Arguments.of("queue_job_pkey", LeaseSql.RELEASE.whateverItsStatus()),
        Arguments.of("queue_job_running", MaintenanceSql.RECLAIM),
        Arguments.of("queue_job_overdue", MaintenanceSql.EXPIRE),
        Arguments.of("queue_job_finished", MaintenanceSql.deleteFinished(null)));
  }

  @ParameterizedTest
  @MethodSource("statements")
  void everyOtherStatementUsesItsIndex(String index, String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      assertThat(lines(statement, "EXPLAIN (GENERIC_PLAN) " + sql))
          .contains(index)
          .doesNotContain("Seq Scan on queue_job");
    }
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        // the simple protocol, which lets $1 through to GENERIC_PLAN
        fixture.database.jdbcUrl() + "?preferQueryMode=simple",
        fixture.database.username(),
        fixture.database.password());
  }

  private static String lines(Statement statement, String sql) throws SQLException {
    StringBuilder lines = new StringBuilder();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        lines.append(rows.getString(1)).append('\n');
      }
    }
    return lines.toString();
  }
}
