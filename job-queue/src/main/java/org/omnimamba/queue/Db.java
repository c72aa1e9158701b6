package org.omnimamba.queue;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Borrows connections and gives them back, whatever the end: a value, an error or a cancellation.
 */
final class Db {
  private final ConnectionFactory connections;

  Db(ConnectionFactory connections) {
    this.connections = connections;
  }

  /** Runs one statement in its own transaction. */
  <T> Flux<T> query(Function<Readable, T> mapper, String sql, Object... arguments) {
    return Flux.usingWhen(
        connections.create(), c -> query(c, mapper, sql, arguments), Connection::close);
  }

  /** Runs one statement in its own transaction, and counts the rows it changed. */
  Mono<Long> update(String sql, Object... arguments) {
    return Mono.usingWhen(connections.create(), c -> update(c, sql, arguments), Connection::close);
  }

  /** Runs the work in one transaction: committed when it ends well, else rolled back. */
  <T> Mono<T> transaction(Function<Connection, Mono<T>> work) {
    return Mono.usingWhen(
            connections.create(),
            c ->
                Mono.from(c.beginTransaction())
                    .then(Mono.defer(() -> work.apply(c)).singleOptional())
                    .flatMap(value -> Mono.from(c.commitTransaction()).thenReturn(value)),
            Connection::close,
            (c, error) -> rollback(c),
            Db::rollback)
        .flatMap((Optional<T> value) -> Mono.justOrEmpty(value));
  }

  private static Mono<Void> rollback(Connection connection) {
    return Mono.from(connection.rollbackTransaction())
        .onErrorResume(error -> Mono.empty())
        .then(Mono.from(connection.close()));
  }

  /** Runs one statement on a connection that somebody else owns. */
  static <T> Flux<T> query(
      Connection connection, Function<Readable, T> mapper, String sql, Object... arguments) {
    return Flux.defer(() -> bind(connection.createStatement(sql), arguments).execute())
        .concatMap(result -> result.map(mapper));
  }

  /** Runs one statement on a connection that somebody else owns, and counts the rows it changed. */
  static Mono<Long> update(Connection connection, String sql, Object... arguments) {
    return Flux.defer(() -> bind(connection.createStatement(sql), arguments).execute())
        .concatMap(result -> result.getRowsUpdated())
        .reduce(0L, Long::sum);
  }

  private static Statement bind(Statement statement, Object... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      statement.bind(i, arguments[i]);
    }
    return statement;
  }

  /** A value that may be null, with the type the database needs to know then. */
  static <T> Object nullable(@Nullable T value, Class<T> type) {
    return value == null ? Parameters.in(type) : value;
  }
}
