package org.omnimamba.jobs.web.access;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.jobs.web.problem.ProblemWriter;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Refuses a parameter that is given more than once or without a value, of which controllers would
 * see the first one or what counts when it is absent.
 */
@Component
@Order(-40)
class QueryFilter implements WebFilter {
  /** All that a controller reads. */
  private static final Set<String> PARAMETERS =
      Set.of("after", "index", "limit", "order", "purpose", "starting_after", "status", "stream");

  private final ProblemWriter problems;

  QueryFilter(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    for (var parameter : exchange.getRequest().getQueryParams().entrySet()) {
      String name = parameter.getKey();
      String fault = PARAMETERS.contains(name) ? faultOf(parameter.getValue()) : null;
      if (fault != null) {
        return problems.write(
            exchange, new Problem(ProblemType.INVALID_REQUEST, name + fault).about(name));
      }
    }
    return chain.filter(exchange);
  }

  private static @Nullable String faultOf(List<@Nullable String> values) {
    if (values.size() != 1) {
      return " must be given once.";
    }
    String value = values.get(0);
    return value == null || value.isEmpty() ? " has no value." : null;
  }
}
