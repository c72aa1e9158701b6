package org.omnimamba.inference.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.InternalTokenProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Lets in only those who know the internal token; on this service's port that is everything. */
@Component
@Order(InternalTokenFilter.ORDER)
final class InternalTokenFilter implements WebFilter {
  static final int ORDER = RequestHeadersFilter.ORDER + 10;
  static final String HEADER = "X-OmniMamba-Internal-Token";

  private final byte[] token;
  private final ApplicationContext context;

  InternalTokenFilter(InternalTokenProperties properties, ApplicationContext context) {
    this.token = properties.internalToken().getBytes(StandardCharsets.UTF_8);
    this.context = context;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    // The management port's own context inherits this filter; nothing outside reaches that port.
    if (exchange.getApplicationContext() != context
        || matches(exchange.getRequest().getHeaders().getFirst(HEADER))) {
      return chain.filter(exchange);
    }
    return Mono.error(
        ApiException.client(
            HttpStatus.UNAUTHORIZED,
            null,
            "invalid_internal_token",
            "This service answers only the gateway."));
  }

  private boolean matches(@Nullable String presented) {
    return presented != null
        && MessageDigest.isEqual(token, presented.getBytes(StandardCharsets.UTF_8));
  }
}
