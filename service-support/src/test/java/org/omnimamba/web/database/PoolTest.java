package org.omnimamba.web.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.testing.PostgresServer;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.mock.env.MockEnvironment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Connections that died are replaced, however they died. */
class PoolTest {
  private static final int SIZE = 5;

  @Test
  void connectionsThatACutLeftSilentAreReplaced() throws Exception {
    try (TestDatabase postgres = TestDatabase.empty();
        CutNetwork network = new CutNetwork(port(postgres))) {
      ConnectionPool pool = pool(postgres, network.port());
      try {
        fill(pool);
        network.cut();
        // each of these begins a connection, which is accepted and never hears of the server
        assertThat(
                Flux.range(0, 2 * SIZE)
                    .flatMap(i -> one(pool).onErrorReturn(R2dbcException.class, -1))
                    .collectList()
                    .block())
            .containsOnly(-1);
        // the old connections never answer again
        network.mend();
        await()
            .atMost(Duration.ofMinutes(1))
            .ignoreExceptionsInstanceOf(R2dbcException.class)
            .until(
                () -> Flux.range(0, 4 * SIZE).flatMap(i -> one(pool)).count().block() == 4 * SIZE);
      } finally {
        pool.dispose();
      }
    }
  }

  @Test
  void connectionsThatARestartClosedAreReplacedWithoutAFailure() {
    try (PostgresServer server = PostgresServer.start(PostgresServer.Durability.NONE);
        TestDatabase postgres = TestDatabase.empty(server)) {
      ConnectionPool pool = pool(postgres, server.port());
      try {
        fill(pool);
        server.restart();
        assertThat(one(pool).block()).isEqualTo(1);
      } finally {
        pool.dispose();
      }
    }
  }

  @Test
  void connectionsAskForBinaryValues() {
    try (TestDatabase postgres = TestDatabase.empty()) {
      ConnectionPool pool = pool(postgres, port(postgres));
      try {
        assertThat(String.valueOf(pool.unwrap())).contains("forceBinary='true'");
      } finally {
        pool.dispose();
      }
    }
  }

  /** As many connections at once as the pool has. */
  private static void fill(ConnectionPool pool) {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      all.add(pool.create().block());
    }
    all.forEach(connection -> Mono.from(connection.close()).block());
  }

  private static Mono<Integer> one(ConnectionPool pool) {
    return Mono.usingWhen(
        pool.create(),
        connection ->
            Mono.from(connection.createStatement("SELECT 1").execute())
                .flatMap(result -> Mono.from(result.map(row -> row.get(0, Integer.class)))),
        Connection::close);
  }

  private static int port(TestDatabase postgres) {
    return URI.create(postgres.jdbcUrl().substring("jdbc:".length())).getPort();
  }

  private static ConnectionPool pool(TestDatabase postgres, int port) {
    return new Database(
            DatabaseAddress.of(
                new DatabaseProperties(
                    null,
                    "127.0.0.1",
                    port,
                    postgres.jdbcUrl().replaceFirst(".*/", ""),
                    postgres.username(),
                    postgres.password(),
                    SslMode.DISABLE,
                    null,
                    MigrateMode.TRUE,
                    new DatabaseProperties.Migration(null, null)),
                new MockEnvironment()))
        .pool("test", SIZE);
  }
}
