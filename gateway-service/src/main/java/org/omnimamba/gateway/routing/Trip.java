package org.omnimamba.gateway.routing;

import org.jspecify.annotations.Nullable;
import org.omnimamba.web.replica.Replica;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Where a request is at the moment: at most at one replica. */
final class Trip {
  private static final String ATTRIBUTE = Trip.class.getName();

  private Trip() {}

  /** The request goes to a replica, and is no longer at the one before. */
  static void start(ServerWebExchange exchange, Replica.Ticket ticket) {
    end(exchange);
    exchange.getAttributes().put(ATTRIBUTE, ticket);
  }

  /** The request is over. */
  static void end(ServerWebExchange exchange) {
    Replica.@Nullable Ticket ticket = exchange.getAttribute(ATTRIBUTE);
    if (ticket != null) {
      ticket.close();
    }
  }

  /** A part of the answer came from the replica. */
  static void heard(ServerWebExchange exchange) {
    Replica.@Nullable Ticket ticket = exchange.getAttribute(ATTRIBUTE);
    if (ticket != null) {
      ticket.replica().heard();
    }
  }

  /** Fails when the replica that works on the request is lost. */
  static Mono<Void> loss(ServerWebExchange exchange) {
    Replica.@Nullable Ticket ticket = exchange.getAttribute(ATTRIBUTE);
    return ticket == null ? Mono.never() : ticket.replica().loss();
  }
}
