package org.omnimamba.web.internal;

import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * How a service answers a request without an accepted internal token: 401 in its own error format.
 * A service that has a bean of this type is closed to all others; see {@link InternalTokenFilter}.
 */
@FunctionalInterface
public interface InternalTokenRefusal {
  /** Writes the response, or ends with the error that the service's error handler turns into it. */
  Mono<Void> refuse(ServerWebExchange exchange);
}
