package org.omnimamba.jobs.web.access;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** Logs each request when it is over: what was asked for and how it ended, never what it said. */
@Component
@Order(RequestIdFilter.ORDER + 1)
final class RequestLog implements WebFilter {
  private static final Logger log = LoggerFactory.getLogger(RequestLog.class);
  private static final int CLIENT_WENT_AWAY = 499;

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (exchange.getRequest().getURI().getRawPath().startsWith("/actuator")) {
      return chain.filter(exchange);
    }
    long start = System.nanoTime();
    return chain.filter(exchange).doFinally(end -> over(exchange, start, end));
  }

  private static void over(ServerWebExchange exchange, long start, SignalType end) {
    Object route =
        exchange.getAttributeOrDefault(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, "other");
    int status = status(exchange, end);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    String requestId = RequestIdFilter.requestId(exchange);
    log.atInfo()
        .addKeyValue("request_id", requestId)
        .addKeyValue("status", status)
        .addKeyValue("duration_ms", millis)
        .log(
            "{} {} -> {} in {} ms ({})",
            exchange.getRequest().getMethod(),
            route,
            status,
            millis,
            requestId);
  }

  private static int status(ServerWebExchange exchange, SignalType end) {
    if (end == SignalType.CANCEL) {
      return CLIENT_WENT_AWAY;
    }
    HttpStatusCode status = exchange.getResponse().getStatusCode();
    return status == null ? 200 : status.value();
  }
}
