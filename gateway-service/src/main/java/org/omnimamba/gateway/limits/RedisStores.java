package org.omnimamba.gateway.limits;

import io.lettuce.core.api.StatefulRedisConnection;

/** Both shared stores on one connection. */
record RedisStores(BudgetStore budgets, InFlightStore inFlight) {
  static RedisStores on(StatefulRedisConnection<String, byte[]> connection) {
    return new RedisStores(new RedisBudgets(connection), new RedisInFlight(connection));
  }
}
