package org.omnimamba.queue;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs statements on a connection that belongs to the caller: what a {@link
 * org.omnimamba.queue.job.TransactionHook} writes with. Parameters are {@code $1}, {@code $2} and
 * so on; an argument may be an R2DBC {@code Parameter}. Errors are the driver's {@code
 * R2dbcException}s.
 */
public final class Statements {
  private Statements() {}

  /** Runs one statement and reads its rows. */
  public static <T> Flux<T> query(
      Connection connection, Function<Readable, T> mapper, String sql, Object... arguments) {
    return Flux.defer(() -> bind(connection.createStatement(sql), arguments).execute())
        .concatMap(result -> result.map(mapper));
  }

  /** Runs one statement and counts the rows that it changed. */
  public static Mono<Long> update(Connection connection, String sql, Object... arguments) {
    return Flux.defer(() -> bind(connection.createStatement(sql), arguments).execute())
        .concatMap(result -> result.getRowsUpdated())
        .reduce(0L, Long::sum);
  }

  /** An argument that may be null; the database must know its type all the same. */
  public static <T> Object nullable(@Nullable T value, Class<T> type) {
    return value == null ? Parameters.in(type) : value;
  }

  private static Statement bind(Statement statement, Object... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      statement.bind(i, arguments[i]);
    }
    return statement;
  }
}
