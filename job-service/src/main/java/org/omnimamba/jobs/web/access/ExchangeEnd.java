package org.omnimamba.jobs.web.access;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Runs what a controller left to be done once its answer is sent, or the client has gone. */
@Component
public final class ExchangeEnd implements WebFilter {
  private static final String ATTRIBUTE = ExchangeEnd.class.getName();

  /** Runs the action once, when the exchange is over, however it ends. */
  public static void run(ServerWebExchange exchange, Runnable action) {
    Queue<Runnable> actions = exchange.getRequiredAttribute(ATTRIBUTE);
    actions.add(action);
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    Queue<Runnable> actions = new ConcurrentLinkedQueue<>();
    exchange.getAttributes().put(ATTRIBUTE, actions);
    return chain.filter(exchange).doFinally(end -> actions.forEach(Runnable::run));
  }
}
