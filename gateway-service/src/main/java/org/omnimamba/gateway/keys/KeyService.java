package org.omnimamba.gateway.keys;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What the admin API can do with keys. */
final class KeyService {
  private final KeyStore store;
  private final KeyCache cache;
  private final Clock clock;
  private final SecureRandom random;

  KeyService(KeyStore store, KeyCache cache, Clock clock, SecureRandom random) {
    this.store = store;
    this.cache = cache;
    this.clock = clock;
    this.random = random;
  }

  /** A key in full, together with what is stored of it. */
  record Made(ApiKey key, StoredKey stored) {}

  /** Makes a key; fails with 409 if its name has two live keys already. */
  Mono<Made> create(CreateKeyRequest request) {
    return Mono.fromCallable(() -> request.checked(clock.instant()))
        .zipWith(newKey())
        .flatMap(
            wanted ->
                store
                    .insert(wanted.getT2(), wanted.getT1())
                    .map(stored -> new Made(wanted.getT2(), stored))
                    .onErrorMap(KeysUnavailable::of))
        .switchIfEmpty(Mono.error(KeyService::tooMany));
  }

  /** The system's source of randomness is a file, and reading it may block. */
  private Mono<ApiKey> newKey() {
    return Mono.fromCallable(() -> ApiKey.generate(random))
        .subscribeOn(Schedulers.boundedElastic());
  }

  Flux<StoredKey> list(Optional<String> tenant) {
    return store.list(tenant).onErrorMap(KeysUnavailable::of);
  }

  Mono<StoredKey> get(UUID id) {
    return store.find(id).onErrorMap(KeysUnavailable::of);
  }

  /** Ends a key here at once, and in other gateways through the database's channel. */
  Mono<StoredKey> revoke(UUID id) {
    return store
        .revoke(id)
        .doOnNext(key -> cache.forget(key.prefix()))
        .onErrorMap(KeysUnavailable::of);
  }

  private static ApiException tooMany() {
    return ApiException.invalidRequest(
        HttpStatus.CONFLICT,
        "too_many_live_keys",
        "This name has two live keys already. Revoke one before making another.");
  }
}
