package org.omnimamba.inference.api;

import org.omnimamba.inference.engine.Engine;
import org.omnimamba.web.internal.InternalTokenFilter;
import org.omnimamba.web.internal.PlatformHeaders;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Tells with every answer, also to health probes, how much work is waiting, so that a gateway can
 * choose between replicas. It stays inside the platform: gateways do not pass it on.
 */
@Component
@Order(InternalTokenFilter.ORDER + 10)
final class LoadHeaderFilter implements WebFilter {
  private final Engine engine;

  LoadHeaderFilter(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    exchange
        .getResponse()
        .beforeCommit(
            () ->
                Mono.fromRunnable(
                    () ->
                        exchange
                            .getResponse()
                            .getHeaders()
                            .set(
                                PlatformHeaders.OUTSTANDING_TOKENS,
                                Long.toString(engine.status().outstandingTokens()))));
    return chain.filter(exchange);
  }
}
