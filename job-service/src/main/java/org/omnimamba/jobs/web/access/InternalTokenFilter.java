package org.omnimamba.jobs.web.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.security.MessageDigest;
import org.omnimamba.jobs.config.PlatformProperties;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Lets only requests from inside the platform through: the gateway sets the token. */
@Component
@Order(-100)
class InternalTokenFilter implements WebFilter {
  static final String HEADER = "X-OmniMamba-Internal-Token";

  private final byte[] token;
  private final JsonMapper json;

  InternalTokenFilter(PlatformProperties platform, JsonMapper json) {
    this.token = platform.internalToken().getBytes(UTF_8);
    this.json = json;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String given = exchange.getRequest().getHeaders().getFirst(HEADER);
    if (given != null && MessageDigest.isEqual(token, given.getBytes(UTF_8))) {
      return chain.filter(exchange);
    }
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
