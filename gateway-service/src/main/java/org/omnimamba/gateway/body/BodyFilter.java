package org.omnimamba.gateway.body;

import org.omnimamba.gateway.FilterOrder;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Bodies that go on to a service. */
@Component
final class BodyFilter implements GlobalFilter, Ordered {
  private final BodyGate gate;

  BodyFilter(BodyGate gate) {
    this.gate = gate;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    return gate.pass(exchange, chain::filter);
  }

  @Override
  public int getOrder() {
    return FilterOrder.BODY.order();
  }
}
