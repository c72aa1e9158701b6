package org.omnimamba.gateway.limits;

import org.omnimamba.gateway.FilterOrder;
import org.omnimamba.gateway.access.Caller;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Requests per minute; asked before the body is read. */
@Component
final class RequestLimitFilter implements GlobalFilter, Ordered {
  private static final String KIND = "requests";

  private final LimitProperties limits;
  private final BudgetStore budgets;

  RequestLimitFilter(LimitProperties limits, BudgetStore budgets) {
    this.limits = limits;
    this.budgets = budgets;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    String tenant = Caller.of(exchange).tenant();
    Budget budget = new Budget(tenant + ":" + KIND, limits.of(tenant).requestsPerMinute());
    return budgets
        .take(budget, 1)
        .flatMap(
            grant -> {
              RateHeaders.announce(exchange, KIND, grant);
              return grant.granted()
                  ? chain.filter(exchange)
                  : Mono.error(RateHeaders.refusal(KIND, grant));
            });
  }

  @Override
  public int getOrder() {
    return FilterOrder.REQUEST_LIMIT.order();
  }
}
