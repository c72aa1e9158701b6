package org.omnimamba.inference.api;

import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Answers every failed request with OpenAI's error object. */
@Component
@Order(-2)
final class ErrorHandler implements WebExceptionHandler {
  /** The rest of such a body is not waited for. */
  private static final Set<HttpStatus> UNREAD_BODY =
      Set.of(HttpStatus.REQUEST_TIMEOUT, HttpStatus.CONTENT_TOO_LARGE);

  private final ResponseWriter writer;

  ErrorHandler(ResponseWriter writer) {
    this.writer = writer;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
    ServerHttpResponse response = exchange.getResponse();
    if (response.isCommitted()) {
      return Mono.error(error);
    }
    ApiException failure = ErrorTranslator.translate(error);
    HttpHeaders headers = response.getHeaders();
    headers.remove(HttpHeaders.CACHE_CONTROL);
    if (UNREAD_BODY.contains(failure.status())) {
      headers.set(HttpHeaders.CONNECTION, "close");
    }
    if (failure.retryAfter() != null) {
      headers.set(HttpHeaders.RETRY_AFTER, Long.toString(failure.retryAfter().toSeconds()));
    }
    return writer.json(exchange, failure.status(), failure.body());
  }
}
