package org.omnimamba.jobs.web.access;

import java.util.regex.Pattern;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Returns the caller's {@code X-Request-Id}, so that both sides can find the request again. */
@Component
@Order(-200)
class RequestIdFilter implements WebFilter {
  private static final String HEADER = "X-Request-Id";
  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String id = exchange.getRequest().getHeaders().getFirst(HEADER);
    if (id != null && SANE.matcher(id).matches()) {
      exchange.getResponse().getHeaders().set(HEADER, id);
    }
    return chain.filter(exchange);
  }
}
