package org.omnimamba.gateway.body;

import org.omnimamba.gateway.FilterOrder;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Bodies that the gateway itself answers: what goes to no service passes no gateway filter. */
@Component
final class AdminBodyFilter implements WebFilter, Ordered {
  private static final String PATH = "/admin/";

  private final BodyGate gate;

  AdminBodyFilter(BodyGate gate) {
    this.gate = gate;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return exchange.getRequest().getURI().getRawPath().startsWith(PATH)
        ? gate.pass(exchange, chain::filter)
        : chain.filter(exchange);
  }

  @Override
  public int getOrder() {
    return FilterOrder.ADMIN_BODY.order();
  }
}
