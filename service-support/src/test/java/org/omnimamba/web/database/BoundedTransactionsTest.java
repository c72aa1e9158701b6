package org.omnimamba.web.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What a program has locked that says nothing more. */
class BoundedTransactionsTest {
  private static final String BOUND = "SHOW idle_in_transaction_session_timeout";

  @Test
  void theServerUnlocksWhatASilentProgramHasLocked() {
    try (TestDatabase postgres = TestDatabase.empty()) {
      postgres.execute("CREATE TABLE thing (n integer); INSERT INTO thing VALUES (1)");
      ConnectionPool pool = postgres.pool(1);
      DatabaseClient database = DatabaseClient.create(pool);
      TransactionalOperator transaction =
          TransactionalOperator.create(new BoundedTransactions(pool, Duration.ofSeconds(2)));
      assertThat(text(database, BOUND).as(transaction::transactional).block()).isEqualTo("2s");
      assertThat(text(database, BOUND).block()).as("outside of a transaction").isEqualTo("0");

      Sinks.Empty<Void> changed = Sinks.empty();
      Disposable silent =
          database
              .sql("UPDATE thing SET n = 2")
              .then()
              .doOnSuccess(done -> changed.tryEmitEmpty())
              .then(Mono.never())
              .as(transaction::transactional)
              .subscribe();
      try {
        changed.asMono().block(Duration.ofMinutes(1));
        // waits for the lock, and for ever if nobody takes it away
        postgres.execute("SET lock_timeout = '1min'; UPDATE thing SET n = n + 10");
        assertThat(postgres.number("SELECT n FROM thing")).isEqualTo(11);
      } finally {
        silent.dispose();
      }
    }
  }

  private static Mono<String> text(DatabaseClient database, String sql) {
    return database.sql(sql).map(row -> row.get(0, String.class)).one();
  }
}
