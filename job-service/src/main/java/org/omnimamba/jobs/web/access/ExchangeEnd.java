package org.omnimamba.jobs.web.access;

import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** Runs what a controller left to be done once its answer is sent, or the client has gone. */
@Component
public final class ExchangeEnd implements WebFilter {
  private static final String ATTRIBUTE = ExchangeEnd.class.getName();

  /** Runs the action once, when the exchange is over, however it ends; at once if it is over. */
  public static void run(ServerWebExchange exchange, Runnable action) {
    Actions actions = exchange.getRequiredAttribute(ATTRIBUTE);
    actions.add(action);
  }

  /** The same for what only has the context of the exchange's subscriber. */
  public static void run(ContextView context, Runnable action) {
    context.<Actions>get(ATTRIBUTE).add(action);
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    Actions actions = new Actions();
    exchange.getAttributes().put(ATTRIBUTE, actions);
    return chain
        .filter(exchange)
        .contextWrite(context -> context.put(ATTRIBUTE, actions))
        .doFinally(end -> actions.end());
  }

  /** What waits for the end. A client may go while its answer is still being made. */
  private static final class Actions {
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean over;

    void add(Runnable action) {
      synchronized (this) {
        if (!over) {
          waiting.add(action);
          return;
        }
      }
      action.run();
    }

    void end() {
      List<Runnable> now;
      synchronized (this) {
        over = true;
        now = List.copyOf(waiting);
        waiting.clear();
      }
      now.forEach(Runnable::run);
    }
  }
}
