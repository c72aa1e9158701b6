package org.omnimamba.jobs.web.access;

import java.net.URI;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.web.internal.InternalTokenRefusal;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Refuses what does not come from inside the platform with a problem. */
@Component
final class ProblemRefusal implements InternalTokenRefusal {
  private final JsonMapper json;

  ProblemRefusal(JsonMapper json) {
    this.json = json;
  }

  @Override
  public Mono<Void> refuse(ServerWebExchange exchange) {
    ProblemDetail detail =
        new Problem(ProblemType.NOT_INTERNAL, "This service is reached through the gateway.")
            .detail();
    detail.setInstance(URI.create(exchange.getRequest().getPath().value()));
    var response = exchange.getResponse();
    response.setStatusCode(ProblemType.NOT_INTERNAL.status());
    response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    byte[] body = json.writeValueAsBytes(detail);
    return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
  }
}
