package org.omnimamba.gateway.limits;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/** Counts in this process. */
final class LocalInFlight implements InFlightStore {
  private final ConcurrentMap<String, Integer> counts = new ConcurrentHashMap<>();

  @Override
  public Mono<Entry> enter(String key, int amount, int most) {
    return Mono.fromCallable(() -> tryEnter(key, amount, most) ? entry(key, amount) : null);
  }

  private boolean tryEnter(String key, int amount, int most) {
    AtomicBoolean entered = new AtomicBoolean();
    counts.compute(
        key,
        (same, present) -> {
          int before = present == null ? 0 : present;
          entered.set(before + amount <= most);
          return entered.get() ? Integer.valueOf(before + amount) : present;
        });
    return entered.get();
  }

  private Entry entry(String key, int amount) {
    return () ->
        Mono.fromRunnable(
            () ->
                counts.computeIfPresent(
                    key, (same, present) -> present <= amount ? null : present - amount));
  }
}
