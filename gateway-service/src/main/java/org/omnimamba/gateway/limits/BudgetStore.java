package org.omnimamba.gateway.limits;

import reactor.core.publisher.Mono;

/** Where budgets are kept. */
interface BudgetStore {
  /**
   * Takes an amount, all of it or nothing. An amount above the budget's size counts as its size;
   * the grant says how much it was.
   */
  Mono<Grant> take(Budget budget, long amount);
}
