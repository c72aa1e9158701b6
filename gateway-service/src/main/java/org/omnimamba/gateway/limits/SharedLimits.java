package org.omnimamba.gateway.limits;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.omnimamba.gateway.errors.ApiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Mono;

/** Counts in Redis, and does what the configuration says while Redis does not answer. */
final class SharedLimits implements BudgetStore, InFlightStore {
  private static final Logger log = LoggerFactory.getLogger(SharedLimits.class);
  private static final long LOGGED_EVERY = Duration.ofSeconds(10).toNanos();

  private final Mono<RedisStores> redis;
  private final LimitProperties.Redis properties;
  private final BudgetStore localBudgets;
  private final InFlightStore localInFlight;
  private final Counter failures;
  private final AtomicLong lastLogged = new AtomicLong(System.nanoTime() - LOGGED_EVERY);

  SharedLimits(
      Mono<RedisStores> redis,
      LimitProperties.Redis properties,
      BudgetStore localBudgets,
      InFlightStore localInFlight,
      Counter failures) {
    this.redis = redis;
    this.properties = properties;
    this.localBudgets = localBudgets;
    this.localInFlight = localInFlight;
    this.failures = failures;
  }

  @Override
  public Mono<Grant> take(Budget budget, long amount) {
    return shared(
        stores -> stores.budgets().take(budget, amount),
        () -> localBudgets.take(budget.scaled(properties.localShare()), amount));
  }

  @Override
  public Mono<Entry> enter(String key, int amount, int most) {
    int share = (int) Math.max(1, most * properties.localShare());
    return shared(
        stores -> stores.inFlight().enter(key, amount, most),
        () -> localInFlight.enter(key, amount, share));
  }

  private <T> Mono<T> shared(Function<RedisStores, Mono<T>> question, Supplier<Mono<T>> local) {
    return redis
        .flatMap(question)
        .timeout(properties.timeout())
        .onErrorResume(
            failure -> {
              report(failure);
              return properties.whenDown() == LimitProperties.WhenDown.LOCAL
                  ? local.get()
                  : Mono.error(refusal());
            });
  }

  private void report(Throwable failure) {
    failures.increment();
    long now = System.nanoTime();
    long last = lastLogged.get();
    if (now - last >= LOGGED_EVERY && lastLogged.compareAndSet(last, now)) {
      log.warn("Redis does not answer ({}): {}", properties.whenDown(), failure.toString());
    }
  }

  private static ApiException refusal() {
    return ApiException.serverError(
            HttpStatus.SERVICE_UNAVAILABLE,
            "limits_unavailable",
            "Limits cannot be checked right now. Please try again shortly.")
        .header("Retry-After", "1");
  }
}
