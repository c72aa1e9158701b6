package org.omnimamba.gateway.access;

import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.FilterOrder;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Lets a request through only if the table has it and its key has the scope. */
@Component
final class AccessFilter implements WebFilter, Ordered {
  private static final String SCHEME = "Bearer ";
  private static final int LONGEST_KEY = 256;

  private final AccessTable table;
  private final Authenticator authenticator;
  private final ApplicationContext context;

  AccessFilter(AccessTable table, Authenticator authenticator, ApplicationContext context) {
    this.table = table;
    this.authenticator = authenticator;
    this.context = context;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (exchange.getApplicationContext() != context) {
      // The management port's own context, which inherits this filter; no client reaches that port.
      return chain.filter(exchange);
    }
    return Mono.defer(
        () -> {
          ServerHttpRequest request = exchange.getRequest();
          String path = request.getURI().getRawPath();
          PathRules.check(path);
          AccessRule rule = table.find(path, request.getMethod());
          Scope scope = rule.scope();
          if (scope == null) {
            return chain.filter(exchange);
          }
          return authenticator
              .authenticate(presentedKey(request.getHeaders()))
              .switchIfEmpty(Mono.error(AccessFilter::wrongKey))
              .flatMap(caller -> proceed(caller, scope, exchange, chain));
        });
  }

  private static Mono<Void> proceed(
      Caller caller, Scope scope, ServerWebExchange exchange, WebFilterChain chain) {
    if (!caller.scopes().contains(scope)) {
      return Mono.error(
          ApiException.invalidRequest(
              HttpStatus.FORBIDDEN,
              "insufficient_scope",
              "This key lacks the scope '" + scope.wireName() + "'."));
    }
    caller.attach(exchange);
    return chain.filter(exchange);
  }

  private static String presentedKey(HttpHeaders headers) {
    @Nullable String value = headers.getFirst(HttpHeaders.AUTHORIZATION);
    if (value == null || headers.getOrEmpty(HttpHeaders.AUTHORIZATION).size() != 1) {
      throw unauthorized(
          "missing_api_key",
          "No API key was given. Send it as 'Authorization: Bearer KEY', in one such header.");
    }
    if (!value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        || value.length() > SCHEME.length() + LONGEST_KEY) {
      throw wrongKey();
    }
    return value.substring(SCHEME.length()).strip();
  }

  private static ApiException wrongKey() {
    return unauthorized("invalid_api_key", "The API key is not valid.");
  }

  private static ApiException unauthorized(String code, String message) {
    return ApiException.invalidRequest(HttpStatus.UNAUTHORIZED, code, message)
        .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
  }

  @Override
  public int getOrder() {
    return FilterOrder.ACCESS.order();
  }
}
