package org.omnimamba.gateway.observability;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.omnimamba.gateway.FilterOrder;
import org.omnimamba.gateway.access.Caller;
import org.omnimamba.gateway.http.RequestId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Logs and times each request of a known tenant when it is over, also when the client went away.
 */
@Component
final class RequestLog implements WebFilter, Ordered {
  private static final Logger log = LoggerFactory.getLogger(RequestLog.class);
  private static final int CLIENT_WENT_AWAY = 499;

  private final MeterRegistry meters;

  RequestLog(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    long start = System.nanoTime();
    AtomicLong firstByte = new AtomicLong();
    exchange
        .getResponse()
        .beforeCommit(
            () -> Mono.fromRunnable(() -> firstByte.set(Math.max(1, System.nanoTime() - start))));
    return chain.filter(exchange).doFinally(end -> over(exchange, start, firstByte.get(), end));
  }

  private void over(ServerWebExchange exchange, long start, long firstByte, SignalType end) {
    Caller caller = Caller.find(exchange);
    if (caller == null) {
      return;
    }
    String route = Routes.of(exchange.getRequest().getURI().getRawPath());
    long nanos = System.nanoTime() - start;
    int status = status(exchange, end);
    Tags tags = Tags.of("route", route, "status", Integer.toString(status));
    timer("omnimamba.gateway.requests", tags).record(nanos, TimeUnit.NANOSECONDS);
    if (firstByte > 0) {
      timer("omnimamba.gateway.first.byte", tags).record(firstByte, TimeUnit.NANOSECONDS);
    }
    log.atInfo()
        .addKeyValue("request_id", exchange.<String>getAttribute(RequestId.ATTRIBUTE))
        .addKeyValue("tenant", caller.tenant())
        .addKeyValue("key", caller.keyId())
        .addKeyValue("status", status)
        .addKeyValue("duration_ms", TimeUnit.NANOSECONDS.toMillis(nanos))
        .log(
            "{} {} -> {} in {} ms ({}, {})",
            exchange.getRequest().getMethod(),
            route,
            status,
            TimeUnit.NANOSECONDS.toMillis(nanos),
            caller.tenant(),
            exchange.<String>getAttribute(RequestId.ATTRIBUTE));
  }

  private Timer timer(String name, Tags tags) {
    return Timer.builder(name)
        .tags(tags)
        .serviceLevelObjectives(
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60))
        .register(meters);
  }

  private static int status(ServerWebExchange exchange, SignalType end) {
    if (end == SignalType.CANCEL) {
      return CLIENT_WENT_AWAY;
    }
    HttpStatusCode status = exchange.getResponse().getStatusCode();
    return status == null ? 200 : status.value();
  }

  @Override
  public int getOrder() {
    return FilterOrder.REQUEST_LOG.order();
  }
}
