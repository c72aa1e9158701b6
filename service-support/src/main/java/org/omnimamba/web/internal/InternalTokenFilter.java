package org.omnimamba.web.internal;

import org.omnimamba.web.http.Probes;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets through only requests that come from inside the platform, on the service's own port. The
 * management port, whose context inherits this filter, and the probes of the service's own port are
 * open: kubelets and metric collectors know no token, and no client reaches them.
 */
@Order(InternalTokenFilter.ORDER)
public final class InternalTokenFilter implements WebFilter {
  /** After the request has an id and is sure to be logged, before anything else. */
  public static final int ORDER = -190;

  private final InternalTokenProperties tokens;
  private final InternalTokenRefusal refusal;
  private final ApplicationContext context;

  /**
   * @param context the service's own context, whose requests are checked
   */
  public InternalTokenFilter(
      InternalTokenProperties tokens, InternalTokenRefusal refusal, ApplicationContext context) {
    this.tokens = tokens;
    this.refusal = refusal;
    this.context = context;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    boolean open =
        exchange.getApplicationContext() != context || Probes.isProbe(exchange.getRequest());
    String presented = exchange.getRequest().getHeaders().getFirst(PlatformHeaders.INTERNAL_TOKEN);
    return open || tokens.accepts(presented) ? chain.filter(exchange) : refusal.refuse(exchange);
  }
}
