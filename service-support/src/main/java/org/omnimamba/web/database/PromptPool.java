package org.omnimamba.web.database;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * A pool that tries the next connection when one turns out dead, as long as little time has passed:
 * after a restart of the server all of them are dead and known to be so at once; after a cut of the
 * network each of them costs the time of its validation.
 */
final class PromptPool extends ConnectionPool {
  private static final Duration WHILE = Duration.ofMillis(1500);

  private final Mono<Connection> create;

  PromptPool(ConnectionPoolConfiguration configuration, int size) {
    super(configuration);
    Mono<Connection> once = super.create();
    this.create =
        Mono.defer(
            () -> {
              long start = System.nanoTime();
              return once.retryWhen(
                  Retry.max(size)
                      .filter(error -> System.nanoTime() - start < WHILE.toNanos())
                      .onRetryExhaustedThrow((spec, signal) -> signal.failure()));
            });
  }

  @Override
  public Mono<Connection> create() {
    return create;
  }
}
