package org.omnimamba.gateway.keys;

import org.omnimamba.gateway.access.Caller;
import reactor.core.publisher.Mono;

/** Which tenants and keys there are, or were. */
public final class KnownKeys {
  private final KeyStore store;

  KnownKeys(KeyStore store) {
    this.store = store;
  }

  /** Whether a key belongs to the tenant, be it live or not. */
  public Mono<Boolean> hasTenant(String tenant) {
    return tenant.equals(configured().tenant()) ? Mono.just(true) : store.hasTenant(tenant);
  }

  /** Whether a key goes by this name in logs and figures: its first characters. */
  public Mono<Boolean> hasKey(String keyId) {
    return keyId.equals(configured().keyId()) ? Mono.just(true) : store.find(keyId).hasElement();
  }

  private static Caller configured() {
    return ConfiguredKey.CALLER;
  }
}
