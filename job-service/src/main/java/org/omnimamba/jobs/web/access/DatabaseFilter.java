package org.omnimamba.jobs.web.access;

import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.jobs.web.problem.ProblemWriter;
import org.omnimamba.web.database.DatabaseGate;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Answers at once while the service waits for its database, of which every request needs something.
 */
@Component
@Order(-50)
class DatabaseFilter implements WebFilter {
  private final DatabaseGate gate;
  private final ProblemWriter problems;

  DatabaseFilter(DatabaseGate gate, ProblemWriter problems) {
    this.gate = gate;
    this.problems = problems;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (gate.isOpen() || !exchange.getRequest().getPath().value().startsWith("/v1/")) {
      return chain.filter(exchange);
    }
    return problems.write(
        exchange,
        new Problem(ProblemType.UNAVAILABLE, "The service waits for its database.")
            .withHeader("Retry-After", "2"));
  }
}
