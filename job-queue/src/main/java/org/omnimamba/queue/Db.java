package org.omnimamba.queue;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Borrows connections and gives them back, whatever the end: a value, an error or a cancellation.
 */
final class Db {
  private static final Duration LEAST_IDLE = Duration.ofSeconds(1);

  private final ConnectionFactory connections;
  private final String begin;

  /**
   * A way to connections.
   *
   * @param idle how long the server waits in a transaction for this program's next statement. A
   *     program whose machine has vanished would otherwise keep its rows locked for as long as the
   *     server takes the connection for alive, by default hours, and its jobs could not be taken
   *     back
   */
  Db(ConnectionFactory connections, Duration idle) {
    this.connections = connections;
    long millis = Math.max(idle.toMillis(), LEAST_IDLE.toMillis());
    // two statements in one round trip
    this.begin = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = " + millis;
  }

  /** Runs one statement in its own transaction. */
  <T> Flux<T> query(Function<Readable, T> mapper, String sql, Object... arguments) {
    return Flux.usingWhen(
        connections.create(), c -> Statements.query(c, mapper, sql, arguments), Connection::close);
  }

  /**
   * {@link #query(Function, String, Object...)} for a statement that changes one row. The row may
   * arrive before the commit, so it is kept until the statement has ended.
   */
  <T> Mono<T> change(Function<Readable, T> mapper, String sql, Object... arguments) {
    return query(mapper, sql, arguments).takeLast(1).next();
  }

  /** Runs one statement in its own transaction, and counts the rows it changed. */
  Mono<Long> update(String sql, Object... arguments) {
    return Mono.usingWhen(
        connections.create(), c -> Statements.update(c, sql, arguments), Connection::close);
  }

  /** Runs the work in one transaction: committed when it ends well, else rolled back. */
  <T> Mono<T> transaction(Function<Connection, Mono<T>> work) {
    return Mono.usingWhen(
            Mono.from(connections.create()).map(c -> new Transaction(c, begin)),
            transaction -> transaction.run(work),
            Transaction::close,
            (transaction, error) -> transaction.rollback(),
            Transaction::rollback)
        .flatMap((Optional<T> value) -> Mono.justOrEmpty(value));
  }

  /** A connection that begins a transaction exactly once. */
  private static final class Transaction {
    private final Connection connection;

    /**
     * Not stopped by a cancellation: a connection whose BEGIN is still on its way takes itself to
     * be outside a transaction, and a rollback would do nothing.
     */
    private final Mono<Void> begun;

    Transaction(Connection connection, String begin) {
      this.connection = connection;
      this.begun = Statements.update(connection, begin).then().cache();
    }

    <T> Mono<Optional<T>> run(Function<Connection, Mono<T>> work) {
      return begun
          .then(Mono.defer(() -> work.apply(connection)).singleOptional())
          .flatMap(value -> Mono.from(connection.commitTransaction()).thenReturn(value));
    }

    Mono<Void> rollback() {
      return begun
          .then(Mono.defer(() -> Mono.from(connection.rollbackTransaction())))
          // where the beginning failed, the connection may not know yet that it is in a transaction
          .onErrorResume(error -> Statements.update(connection, "ROLLBACK").then())
          .onErrorComplete()
          .then(Mono.defer(this::close));
    }

    Mono<Void> close() {
      return Mono.from(connection.close());
    }
  }
}
