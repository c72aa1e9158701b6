package org.omnimamba.inference.api;

import org.omnimamba.web.internal.InternalTokenFilter;
import org.omnimamba.web.request.RequestId;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Tells with every answer how long it took to begin. */
@Component
@Order(InternalTokenFilter.ORDER - 10)
final class ProcessingTimeFilter implements WebFilter {
  private static final String PROCESSING_MS = "openai-processing-ms";

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpResponse response = exchange.getResponse();
    response.beforeCommit(
        () ->
            Mono.fromRunnable(
                () ->
                    response
                        .getHeaders()
                        .set(PROCESSING_MS, Long.toString(RequestId.millis(exchange)))));
    return chain.filter(exchange);
  }
}
