package org.omnimamba.gateway.limits;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.bucket4j.redis.lettuce.cas.LettuceBasedProxyManager;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Budgets that all gateways share. */
final class RedisBudgets implements BudgetStore {
  private final LettuceBasedProxyManager<String> buckets;

  RedisBudgets(StatefulRedisConnection<String, byte[]> connection) {
    this.buckets =
        Bucket4jLettuce.casBasedBuilder(connection)
            .expirationAfterWrite(
                ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(
                    Duration.ofSeconds(10)))
            .build();
  }

  @Override
  public Mono<Grant> take(Budget budget, long amount) {
    long taken = Math.min(amount, budget.perMinute());
    return Mono.fromFuture(() -> bucket(budget).tryConsumeAndReturnRemaining(taken))
        .map(probe -> grant(budget, taken, probe));
  }

  private Grant grant(Budget budget, long taken, ConsumptionProbe probe) {
    return new Grant(
        probe.isConsumed(),
        probe.isConsumed() ? taken : 0,
        budget.perMinute(),
        Math.max(0, probe.getRemainingTokens()),
        probe.getNanosToWaitForRefill(),
        probe.getNanosToWaitForReset(),
        unused -> settle(budget, unused));
  }

  private Mono<Void> settle(Budget budget, long unused) {
    if (unused == 0) {
      return Mono.empty();
    }
    return Mono.fromFuture(
            () ->
                unused > 0
                    ? bucket(budget).addTokens(unused)
                    : bucket(budget).consumeIgnoringRateLimits(-unused))
        .then();
  }

  private AsyncBucketProxy bucket(Budget budget) {
    // The size is part of the key: with another limit a tenant starts on a full budget.
    String key = "omnimamba:budget:" + budget.key() + ":" + budget.perMinute();
    return buckets
        .asAsync()
        .builder()
        .build(
            key,
            BucketConfiguration.builder()
                .addLimit(
                    limit ->
                        limit
                            .capacity(budget.perMinute())
                            .refillGreedy(budget.perMinute(), Duration.ofMinutes(1)))
                .build());
  }
}
