package org.omnimamba.gateway.limits;

import org.omnimamba.gateway.access.Caller;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The requests per minute that each tenant may make, whichever service answers them. */
@Component
public final class RequestBudget {
  private static final String KIND = "requests";

  private final LimitProperties limits;
  private final BudgetStore budgets;

  RequestBudget(LimitProperties limits, BudgetStore budgets) {
    this.limits = limits;
    this.budgets = budgets;
  }

  /** Takes one request of the caller's tenant and announces what is left; 429 if none is. */
  public Mono<Void> take(ServerWebExchange exchange) {
    String tenant = Caller.of(exchange).tenant();
    Budget budget = new Budget(tenant + ":" + KIND, limits.of(tenant).requestsPerMinute());
    return budgets
        .take(budget, 1)
        .flatMap(
            grant -> {
              RateHeaders.announce(exchange, KIND, grant);
              return grant.granted()
                  ? Mono.empty()
                  : Mono.<Void>error(RateHeaders.refusal(KIND, grant));
            });
  }
}
