package org.omnimamba.gateway.routing;

import java.util.Locale;
import java.util.Set;
import org.omnimamba.web.internal.PlatformHeaders;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/** What a client sees of a service's headers: all but the platform's internal ones. */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
final class UpstreamResponseHeaders implements HttpHeadersFilter, Ordered {
  private static final Set<String> KEPT_BACK = Set.of("server", "date", "x-powered-by");

  @Override
  public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
    HttpHeaders passed = new HttpHeaders();
    input.forEach(
        (name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (!KEPT_BACK.contains(lower) && !lower.startsWith(PlatformHeaders.PRIVATE_PREFIX)) {
            passed.addAll(name, values);
          }
        });
    return passed;
  }

  @Override
  public boolean supports(Type type) {
    return type == Type.RESPONSE;
  }

  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
