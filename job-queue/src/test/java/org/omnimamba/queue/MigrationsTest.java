package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.testing.Catalog;
import org.omnimamba.queue.testing.TestDatabase;

/** The first migration says in one file what the eight before the first release said together. */
class MigrationsTest {
  @Test
  void aDatabaseOfBeforeTheFirstReleaseEndsUpTheSame() {
    try (TestDatabase older = TestDatabase.empty();
        TestDatabase fresh = TestDatabase.empty()) {
      flyway(older).locations("classpath:org/omnimamba/queue/prerelease").load().migrate();
      ours(older).baselineOnMigrate(true).baselineVersion("100").load().migrate();
      ours(fresh).load().migrate();
      assertThat(Catalog.of(older))
          .contains("function CREATE OR REPLACE FUNCTION public.queue_claim");
      assertThat(Catalog.of(older)).isEqualTo(Catalog.of(fresh));
    }
  }

  private static FluentConfiguration ours(TestDatabase database) {
    return flyway(database).locations(QueueMigrations.LOCATION).table(QueueMigrations.HISTORY);
  }

  private static FluentConfiguration flyway(TestDatabase database) {
    return Flyway.configure()
        .dataSource(database.jdbcUrl(), database.username(), database.password());
  }
}
