package org.omnimamba.gateway.keys;

import io.r2dbc.postgresql.api.Notification;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Result;
import java.time.Duration;
import org.omnimamba.web.logging.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Forgets a cached key as soon as any gateway, or an operator with SQL, changes it.
 *
 * <p>While the connection is down changes can be missed, so everything is forgotten when it comes
 * back; until then the cache's own short memory is the bound.
 */
final class KeyChangeListener implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(KeyChangeListener.class);
  private static final String CHANNEL = "omnimamba_gateway_keys";
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
  private static final Duration PROBE = Duration.ofSeconds(5);
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

  private final ConnectionFactory connections;
  private final KeyCache cache;
  private final Outage outage = new Outage(log, "listening for changes of keys");
  private final Disposable.Swap listening = Disposables.swap();

  /**
   * @param connections makes connections to PostgreSQL, not pooled ones
   */
  KeyChangeListener(ConnectionFactory connections, KeyCache cache) {
    this.connections = connections;
    this.cache = cache;
  }

  /** Listens from now on. */
  void start() {
    listening.update(
        Flux.usingWhen(connections.create(), this::listen, Connection::close)
            .doOnError(failure -> outage.failed(failure.toString()))
            .repeatWhen(ends -> ends.delayElements(Duration.ofSeconds(1)))
            .retryWhen(
                Retry.backoff(Long.MAX_VALUE, Duration.ofSeconds(1))
                    .maxBackoff(LONGEST_WAIT)
                    .transientErrors(true))
            .subscribe());
  }

  private Flux<Notification> listen(Connection connection) {
    PostgresqlConnection postgresql = (PostgresqlConnection) connection;
    return command(postgresql, "LISTEN " + CHANNEL)
        .then(Mono.fromRunnable(this::connected))
        .thenMany(
            Flux.merge(
                postgresql.getNotifications().doOnNext(change -> forget(change.getParameter())),
                // a connection that was cut off says nothing by itself
                Flux.interval(PROBE)
                    .onBackpressureDrop()
                    .concatMap(tick -> command(postgresql, "SELECT 1").then(Mono.empty()))));
  }

  private static Mono<Long> command(PostgresqlConnection connection, String sql) {
    return Flux.from(connection.createStatement(sql).execute())
        .concatMap(Result::getRowsUpdated)
        .reduce(0L, Long::sum)
        .timeout(PROBE_TIMEOUT);
  }

  private void connected() {
    cache.forgetAll();
    outage.succeeded();
  }

  private void forget(@org.jspecify.annotations.Nullable String prefix) {
    if (prefix == null) {
      cache.forgetAll();
    } else {
      cache.forget(prefix);
    }
  }

  @Override
  public void destroy() {
    listening.dispose();
  }
}
