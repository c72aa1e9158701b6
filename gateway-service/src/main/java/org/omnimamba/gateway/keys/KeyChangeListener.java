package org.omnimamba.gateway.keys;

import io.r2dbc.postgresql.api.Notification;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
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
final class KeyChangeListener implements InitializingBean, DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(KeyChangeListener.class);
  private static final String CHANNEL = "omnimamba_gateway_keys";

  private final ConnectionFactory connections;
  private final KeyCache cache;
  private final Disposable.Swap listening = Disposables.swap();

  /**
   * @param connections makes connections to PostgreSQL, not pooled ones
   */
  KeyChangeListener(ConnectionFactory connections, KeyCache cache) {
    this.connections = connections;
    this.cache = cache;
  }

  @Override
  public void afterPropertiesSet() {
    listening.update(
        Flux.usingWhen(connections.create(), this::listen, Connection::close)
            .doOnError(failure -> log.warn("lost the key change channel: {}", failure.toString()))
            .repeatWhen(ends -> ends.delayElements(Duration.ofSeconds(1)))
            .retryWhen(
                Retry.backoff(Long.MAX_VALUE, Duration.ofSeconds(1))
                    .maxBackoff(Duration.ofSeconds(15))
                    .transientErrors(true))
            .subscribe());
  }

  private Flux<Notification> listen(Connection connection) {
    PostgresqlConnection postgresql = (PostgresqlConnection) connection;
    return Mono.from(postgresql.createStatement("LISTEN " + CHANNEL).execute())
        .flatMap(result -> Mono.from(result.getRowsUpdated()))
        .then(Mono.fromRunnable(cache::forgetAll))
        .thenMany(postgresql.getNotifications())
        .doOnNext(change -> forget(change.getParameter()));
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
