package org.omnimamba.gateway.keys;

import java.time.Clock;
import java.time.Duration;
import org.omnimamba.gateway.access.Caller;
import reactor.core.publisher.Mono;

/** Finds the caller of a stored key. */
final class DatabaseKeys {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final KeyStore store;
  private final KeyCache cache;
  private final KeyUses uses;
  private final Clock clock;

  DatabaseKeys(KeyStore store, KeyCache cache, KeyUses uses, Clock clock) {
    this.store = store;
    this.cache = cache;
    this.uses = uses;
    this.clock = clock;
  }

  /** The caller, or empty if the key is not one of ours, expired or revoked. */
  Mono<Caller> caller(ApiKey presented) {
    return cache
        .get(presented.prefix(), store::find)
        .timeout(PATIENCE)
        .onErrorMap(KeysUnavailable::of)
        .filter(stored -> stored.isProvenBy(presented))
        .map(StoredKey.WithDigest::key)
        .filter(key -> key.isLive(clock.instant()))
        .doOnNext(key -> uses.used(key.prefix()))
        .map(StoredKey::caller);
  }
}
