package org.omnimamba.jobs.web.problem;

import java.net.URI;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers with a problem, or as OpenAI does on its addresses, what ends before it reaches a
 * controller.
 */
@Component
public class ProblemWriter {
  private final JsonMapper json;

  ProblemWriter(JsonMapper json) {
    this.json = json;
  }

  /** Writes the whole response. */
  public Mono<Void> write(ServerWebExchange exchange, Problem problem) {
    String path = exchange.getRequest().getPath().value();
    boolean openAi = OpenAiError.isFor(path);
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(problem.type().status());
    response.getHeaders().putAll(problem.headers());
    response
        .getHeaders()
        .setContentType(openAi ? MediaType.APPLICATION_JSON : MediaType.APPLICATION_PROBLEM_JSON);
    byte[] body =
        json.writeValueAsBytes(openAi ? OpenAiError.of(problem).body() : detail(problem, path));
    return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
  }

  private static ProblemDetail detail(Problem problem, String path) {
    ProblemDetail detail = problem.detail();
    detail.setInstance(URI.create(path));
    return detail;
  }
}
