package org.omnimamba.jobs.web.access;

import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.jobs.web.problem.ProblemWriter;
import org.omnimamba.web.internal.InternalTokenRefusal;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Refuses what does not come from inside the platform with a problem. */
@Component
final class ProblemRefusal implements InternalTokenRefusal {
  private final ProblemWriter problems;

  ProblemRefusal(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  public Mono<Void> refuse(ServerWebExchange exchange) {
    return problems.write(
        exchange,
        new Problem(ProblemType.NOT_INTERNAL, "This service is reached through the gateway."));
  }
}
