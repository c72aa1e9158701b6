package org.omnimamba.gateway.access;

import reactor.core.publisher.Mono;

/** Knows which key belongs to whom. */
public interface Authenticator {
  /** The caller that presents {@code key}, or empty if the key is unknown, expired or revoked. */
  Mono<Caller> authenticate(String key);
}
