package org.omnimamba.gateway.usage;

import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.FilterOrder;
import org.omnimamba.gateway.access.Caller;
import org.omnimamba.gateway.streaming.UsageMeter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Counts what an answer used once it is over: what it said. Where it did not say, or broke off, or
 * its client left, what inference-service remembers; else what was seen of it. A request that was
 * refused, or failed before its answer began, has used nothing.
 */
final class UsageFilter implements GlobalFilter, Ordered {
  private final UsageBook book;
  private final RememberedUsage remembered;

  UsageFilter(UsageBook book, RememberedUsage remembered) {
    this.book = book;
    this.remembered = remembered;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    @Nullable UsageMeter meter = UsageMeter.of(exchange);
    if (meter == null) {
      return chain.filter(exchange);
    }
    meter.issueTicket();
    return chain.filter(exchange).doFinally(end -> over(exchange, meter, end));
  }

  private void over(ServerWebExchange exchange, UsageMeter meter, SignalType end) {
    Caller caller = Caller.of(exchange);
    if (meter.isWhole() && end != SignalType.CANCEL) {
      book.add(caller, meter.seen());
    } else if (end == SignalType.CANCEL || hasBegun(exchange)) {
      book.addLater(caller, remembered.of(exchange, meter.issueTicket()), meter::seen);
    }
  }

  /** Whether the client got some of an answer that was no error. */
  private static boolean hasBegun(ServerWebExchange exchange) {
    @Nullable HttpStatusCode status = exchange.getResponse().getStatusCode();
    return exchange.getResponse().isCommitted() && (status == null || !status.isError());
  }

  @Override
  public int getOrder() {
    return FilterOrder.USAGE.order();
  }
}
