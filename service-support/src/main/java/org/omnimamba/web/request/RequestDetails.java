package org.omnimamba.web.request;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.internal.PlatformHeaders;
import org.omnimamba.web.internal.Tenant;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/** What a service knows of a request that is over; a bean of this type replaces the usual one. */
public interface RequestDetails {
  /** Whether the request gets a line in the log and is counted. */
  default boolean isLogged(ServerWebExchange exchange) {
    return true;
  }

  /** The request's address without ids; one of a fixed number. */
  default String route(ServerWebExchange exchange) {
    Object pattern = exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    return pattern == null ? "other" : pattern.toString();
  }

  /** On whose behalf the request was made, if that is known. */
  default @Nullable String tenant(ServerWebExchange exchange) {
    HttpHeaders headers = exchange.getRequest().getHeaders();
    return headers.getFirst(PlatformHeaders.TENANT) == null
        ? null
        : Tenant.of(headers).map(Tenant::name).orElse(null);
  }

  /** Further fields of the line, by name. */
  default Map<String, String> fields(ServerWebExchange exchange) {
    return Map.of();
  }

  /** Takes note of a request that is over, such as in timers. */
  default void over(FinishedRequest request) {}
}
