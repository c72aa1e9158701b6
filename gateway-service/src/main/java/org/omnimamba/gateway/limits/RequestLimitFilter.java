package org.omnimamba.gateway.limits;

import org.omnimamba.gateway.FilterOrder;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Requests per minute; asked before the body is read. */
@Component
final class RequestLimitFilter implements GlobalFilter, Ordered {
  private final RequestBudget budget;

  RequestLimitFilter(RequestBudget budget) {
    this.budget = budget;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    return budget.take(exchange).then(Mono.defer(() -> chain.filter(exchange)));
  }

  @Override
  public int getOrder() {
    return FilterOrder.REQUEST_LIMIT.order();
  }
}
