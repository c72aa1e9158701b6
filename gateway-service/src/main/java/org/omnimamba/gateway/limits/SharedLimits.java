package org.omnimamba.gateway.limits;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
        late -> late.settlement().settle(late.taken()),
        () -> localBudgets.take(budget.scaled(properties.localShare()), amount));
  }

  @Override
  public Mono<Entry> enter(String key, int amount, int most) {
    int share = (int) Math.max(1, most * properties.localShare());
    return shared(
        stores -> stores.inFlight().enter(key, amount, most),
        Entry::leave,
        // What is above the share would never be granted, however long its client waits.
        () -> localInFlight.enter(key, Math.min(amount, share), share));
  }

  private <T> Mono<T> shared(
      Function<RedisStores, Mono<T>> question,
      Function<T, Mono<Void>> undo,
      Supplier<Mono<T>> local) {
    return patiently(question, undo)
        .onErrorResume(
            failure -> {
              report(failure);
              return properties.whenDown() == LimitProperties.WhenDown.LOCAL
                  ? local.get()
                  : Mono.error(refusal());
            });
  }

  /**
   * Asks Redis and waits for a while, or until nobody wants to know any more. What was sent is
   * carried out all the same, so an answer that comes after that is undone.
   */
  private <T> Mono<T> patiently(
      Function<RedisStores, Mono<T>> question, Function<T, Mono<Void>> undo) {
    return Mono.defer(
        () -> {
          AtomicBoolean wanted = new AtomicBoolean(true);
          CompletableFuture<@Nullable T> answer =
              redis.filter(connected -> wanted.get()).flatMap(question).toFuture();
          Runnable giveUp =
              () -> {
                if (wanted.compareAndSet(true, false)) {
                  undoLate(answer, undo);
                }
              };
          return Mono.fromFuture(answer, true)
              .timeout(properties.timeout())
              .doOnError(failure -> giveUp.run())
              // Whoever comes first, the answer or the end of patience, has it.
              .filter(inTime -> wanted.compareAndSet(true, false))
              .doOnCancel(giveUp);
        });
  }

  private static <T> void undoLate(
      CompletableFuture<@Nullable T> answer, Function<T, Mono<Void>> undo) {
    answer.thenAccept(
        late -> {
          if (late != null) {
            undo.apply(late)
                .subscribe(
                    undone -> {},
                    failure -> log.debug("a late answer was not undone: {}", failure.toString()));
          }
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
