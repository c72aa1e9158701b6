package org.omnimamba.inference.api;

import org.omnimamba.inference.engine.Engine;
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
  static final String HEADER = "X-OmniMamba-Outstanding-Tokens";

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
                            .set(HEADER, Long.toString(engine.status().outstandingTokens()))));
    return chain.filter(exchange);
  }
}
