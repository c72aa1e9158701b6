package org.omnimamba.jobs.web.access;

import org.omnimamba.web.usage.UsageOrigin;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Lets everything that a request causes know how its use is counted. */
@Component
class UsageOriginFilter implements WebFilter {
  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return chain
        .filter(exchange)
        .contextWrite(UsageOrigin.of(exchange.getRequest().getHeaders())::in);
  }
}
