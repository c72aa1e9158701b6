package org.omnimamba.gateway.limits;

import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.body.RequestFacts;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;

/**
 * The most that a request can generate.
 *
 * @param tokens tokens of all choices or pictures
 * @param images pictures
 */
public record GenerationCost(long tokens, int images) {
  /** No sensible request is longer; what asks for more is refused by the service anyway. */
  private static final long MOST = 1L << 32;

  private static final String ATTRIBUTE = GenerationCost.class.getName();

  /** Tokens that an exchange may generate, once its limits were checked; 0 if it generates none. */
  public static long attached(ServerWebExchange exchange) {
    @Nullable GenerationCost cost = exchange.getAttribute(ATTRIBUTE);
    return cost == null ? 0 : cost.tokens();
  }

  void attach(ServerWebExchange exchange) {
    exchange.getAttributes().put(ATTRIBUTE, this);
  }

  /** The cost of a request, or null if it generates nothing. */
  static @Nullable GenerationCost of(ServerWebExchange exchange, LimitProperties limits) {
    if (exchange.getRequest().getMethod() != HttpMethod.POST) {
      return null;
    }
    RequestFacts facts = RequestFacts.of(exchange);
    return switch (exchange.getRequest().getURI().getRawPath()) {
      case "/v1/chat/completions" -> new GenerationCost(chatTokens(facts, limits), 0);
      case "/v1/images/generations" ->
          new GenerationCost(limits.imageTokens() * facts.count(), facts.count());
      case "/v1/responses" -> facts.background() ? null : responseCost(facts, limits);
      default -> null;
    };
  }

  /** Whether a response that has both the tool that draws and a picture draws is not known yet. */
  private static GenerationCost responseCost(RequestFacts facts, LimitProperties limits) {
    if (!facts.drawing()) {
      return new GenerationCost(chatTokens(facts, limits), 0);
    }
    long text = facts.picture() == 0 ? 0 : chatTokens(facts, limits);
    return new GenerationCost(Math.max(limits.imageTokens(), text), 1);
  }

  private static long chatTokens(RequestFacts facts, LimitProperties limits) {
    Long asked = facts.asked();
    long each = asked == null ? limits.completionTokens() : Math.min(asked, MOST);
    return each * facts.count();
  }
}
