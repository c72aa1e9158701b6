package org.omnimamba.gateway.server;

import java.time.Duration;
import org.omnimamba.gateway.FilterOrder;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Answers, when the grace period of a stop is over, each request that has no answer yet, and cuts
 * off the answers that still do not end then.
 */
@Component
final class ShutdownFilter implements WebFilter, Ordered {
  /** Requests that are at a service are ended where they wait for it, and cost nothing then. */
  private static final Duration AFTER_THE_OTHERS = Duration.ofMillis(500);

  /** For streams to end with an event. */
  private static final Duration LAST_BYTES = Duration.ofSeconds(2);

  private final ShutdownSignal shutdown;

  ShutdownFilter(ShutdownSignal shutdown) {
    this.shutdown = shutdown;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    Mono<Void> cutOff =
        shutdown
            .cutOff()
            .onErrorResume(
                ending -> Mono.delay(AFTER_THE_OTHERS).then(end(exchange.getResponse(), ending)));
    return chain.filter(exchange).takeUntilOther(cutOff);
  }

  private static Mono<Void> end(ServerHttpResponse response, Throwable ending) {
    return Mono.defer(
        () ->
            response.isCommitted()
                ? Mono.delay(LAST_BYTES).then(Mono.error(ending))
                : Mono.error(ending));
  }

  @Override
  public int getOrder() {
    return FilterOrder.SHUTDOWN.order();
  }
}
