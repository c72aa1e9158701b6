package org.omnimamba.inference.api;

import org.omnimamba.web.internal.InternalTokenRefusal;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Refuses what does not come from inside the platform with OpenAI's error object. */
@Component
final class ApiRefusal implements InternalTokenRefusal {
  @Override
  public Mono<Void> refuse(ServerWebExchange exchange) {
    return Mono.error(
        ApiException.client(
            HttpStatus.UNAUTHORIZED,
            null,
            "invalid_internal_token",
            "This service answers only the gateway."));
  }
}
