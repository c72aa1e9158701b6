package org.omnimamba.gateway.streaming;

import org.omnimamba.gateway.FilterOrder;
import org.omnimamba.gateway.errors.ErrorEnvelope;
import org.omnimamba.gateway.server.ShutdownSignal;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Puts a watched answer in front of the one that the service's bytes are written to. */
@Component
final class ResponseFilter implements GlobalFilter, Ordered {
  private final StreamingProperties properties;
  private final ShutdownSignal shutdown;

  ResponseFilter(StreamingProperties properties, ShutdownSignal shutdown) {
    this.properties = properties;
    this.shutdown = shutdown;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    boolean openai =
        ErrorEnvelope.of(exchange.getRequest().getURI().getRawPath()) == ErrorEnvelope.OPENAI;
    WatchedResponse response =
        new WatchedResponse(
            exchange.getResponse(),
            UsageMeter.of(exchange),
            properties.longestSilence(),
            shutdown.cutOff(),
            openai);
    return chain
        .filter(exchange.mutate().response(response).build())
        .takeUntilOther(response.ended());
  }

  @Override
  public int getOrder() {
    return FilterOrder.RESPONSE.order();
  }
}
