package org.omnimamba.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Budgets in this process. */
final class LocalBudgets implements BudgetStore {
  /** Longer than any refill, so that what is forgotten was full; unless it was deep in debt. */
  private static final Duration KEPT = Duration.ofMinutes(10);

  private final TimeMeter time;
  private final Cache<Budget, Bucket> buckets =
      Caffeine.newBuilder().expireAfterAccess(KEPT).build();

  LocalBudgets(TimeMeter time) {
    this.time = time;
  }

  @Override
  public Mono<Grant> take(Budget budget, long amount) {
    return Mono.fromCallable(
        () -> {
          long taken = Math.min(amount, budget.perMinute());
          ConsumptionProbe probe = bucket(budget).tryConsumeAndReturnRemaining(taken);
          return new Grant(
              probe.isConsumed(),
              probe.isConsumed() ? taken : 0,
              budget.perMinute(),
              Math.max(0, probe.getRemainingTokens()),
              probe.getNanosToWaitForRefill(),
              probe.getNanosToWaitForReset(),
              unused -> settle(budget, unused));
        });
  }

  private Mono<Void> settle(Budget budget, long unused) {
    return Mono.fromRunnable(
        () -> {
          if (unused > 0) {
            bucket(budget).addTokens(unused);
          } else if (unused < 0) {
            bucket(budget).consumeIgnoringRateLimits(-unused);
          }
        });
  }

  private Bucket bucket(Budget budget) {
    return buckets.get(
        budget,
        missing ->
            Bucket.builder()
                .withCustomTimePrecision(time)
                .addLimit(
                    limit ->
                        limit
                            .capacity(missing.perMinute())
                            .refillGreedy(missing.perMinute(), Duration.ofMinutes(1)))
                .build());
  }
}
