package org.omnimamba.jobs.web.access;

import java.util.regex.Pattern;
import org.omnimamba.web.internal.PlatformHeaders;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Returns the caller's {@code X-Request-Id}, so that both sides can find the request again. */
@Component
@Order(RequestIdFilter.ORDER)
public class RequestIdFilter implements WebFilter {
  static final int ORDER = -200;

  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  /** The request's id as callers see it; {@code -} for one without. */
  public static String requestId(ServerWebExchange exchange) {
    String id = exchange.getResponse().getHeaders().getFirst(PlatformHeaders.REQUEST_ID);
    return id == null ? "-" : id;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String id = exchange.getRequest().getHeaders().getFirst(PlatformHeaders.REQUEST_ID);
    if (id != null && SANE.matcher(id).matches()) {
      exchange.getResponse().getHeaders().set(PlatformHeaders.REQUEST_ID, id);
    }
    return chain.filter(exchange);
  }
}
