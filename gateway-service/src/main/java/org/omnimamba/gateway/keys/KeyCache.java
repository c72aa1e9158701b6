package org.omnimamba.gateway.keys;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Remembers for a short while what the database said about a prefix, also that it knew none. */
final class KeyCache {
  private static final int MOST_ENTRIES = 10_000;

  private final AsyncCache<String, Optional<StoredKey.WithDigest>> entries;

  KeyCache(Duration keptFor) {
    this.entries =
        Caffeine.newBuilder().expireAfterWrite(keptFor).maximumSize(MOST_ENTRIES).buildAsync();
  }

  /** The remembered answer or that of {@code source}; a failed look-up is not remembered. */
  Mono<StoredKey.WithDigest> get(
      String prefix, Function<String, Mono<StoredKey.WithDigest>> source) {
    return Mono.defer(
            () -> {
              CompletableFuture<Optional<StoredKey.WithDigest>> answer =
                  entries.get(
                      prefix,
                      (missing, executor) ->
                          source
                              .apply(missing)
                              .map(Optional::of)
                              .defaultIfEmpty(Optional.empty())
                              .toFuture());
              // Shared with other requests for this key, so one that gives up must not cancel it.
              return Mono.fromFuture(answer, true);
            })
        .flatMap(Mono::justOrEmpty);
  }

  void forget(String prefix) {
    entries.synchronous().invalidate(prefix);
  }

  void forgetAll() {
    entries.synchronous().invalidateAll();
  }
}
