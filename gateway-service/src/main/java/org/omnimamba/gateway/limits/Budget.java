package org.omnimamba.gateway.limits;

/**
 * One thing that a tenant may use up per minute.
 *
 * @param key names it among all tenants' budgets
 * @param perMinute how much is refilled in a minute, evenly; also the most that can be saved up
 */
record Budget(String key, long perMinute) {
  /** The same thing, less of it; at least 1. */
  Budget scaled(double share) {
    return new Budget(key, Math.max(1, (long) (perMinute * share)));
  }
}
