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
  private static final String ADMIN = "/admin/";
  private static final String MCP = "/mcp";

  private final BodyGate gate;

  AdminBodyFilter(BodyGate gate) {
    this.gate = gate;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getURI().getRawPath();
    return path.startsWith(ADMIN) || path.equals(MCP)
        ? gate.pass(exchange, chain::filter)
        : chain.filter(exchange);
  }

  @Override
  public int getOrder() {
    return FilterOrder.ADMIN_BODY.order();
  }
}
