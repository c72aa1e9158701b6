package org.omnimamba.gateway.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * Who sent a request.
 *
 * @param keyId names the key in logs and in the admin API; never the key itself
 * @param tenant who pays
 * @param scopes what the key may do
 */
public record Caller(String keyId, String tenant, Set<Scope> scopes) {
  private static final String ATTRIBUTE = Caller.class.getName();

  public Caller {
    scopes = Set.copyOf(scopes);
  }

  /** The caller of an exchange that has passed {@link AccessFilter} under a rule with a scope. */
  public static Caller of(ServerWebExchange exchange) {
    Caller caller = find(exchange);
    if (caller == null) {
      throw new IllegalStateException("a request reached a route without a caller");
    }
    return caller;
  }

  /** The caller of an exchange, or null if none is known (yet). */
  public static @Nullable Caller find(ServerWebExchange exchange) {
    return exchange.getAttribute(ATTRIBUTE);
  }

  void attach(ServerWebExchange exchange) {
    exchange.getAttributes().put(ATTRIBUTE, this);
  }
}
