package org.omnimamba.jobs.queue;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Statements on a connection whose transaction belongs to somebody else. */
public final class ConnectionSql {
  private ConnectionSql() {}

  /** Runs a statement and gives its rows. An argument may be an R2DBC {@code Parameter}. */
  public static <T> Flux<T> query(
      Connection connection, Function<Readable, T> mapper, String sql, Object... arguments) {
    return Flux.defer(() -> bind(connection.createStatement(sql), arguments).execute())
        .concatMap(result -> result.map(mapper::apply));
  }

  /** Runs a statement for its effect and gives the number of rows it changed. */
  public static Mono<Long> update(Connection connection, String sql, Object... arguments) {
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
}
