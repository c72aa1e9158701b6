package org.omnimamba.gateway.body;

import org.omnimamba.gateway.FilterOrder;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Bodies that go on to a service: read whole and judged here, but for files, which job-service
 * takes as they arrive, within its own limits.
 */
@Component
final class BodyFilter implements GlobalFilter, Ordered {
  private final BodyGate gate;

  BodyFilter(BodyGate gate) {
    this.gate = gate;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    if (!isUpload(exchange.getRequest())) {
      return gate.pass(exchange, chain::filter);
    }
    // The service does not hear of a coding, and would keep the bytes as they are.
    ContentTypes.requirePlain(exchange.getRequest().getHeaders());
    return chain.filter(exchange);
  }

  private static boolean isUpload(ServerHttpRequest request) {
    return request.getMethod() == HttpMethod.POST
        && request.getURI().getRawPath().equals("/v1/files");
  }

  @Override
  public int getOrder() {
    return FilterOrder.BODY.order();
  }
}
