package org.omnimamba.inference.api;

import org.omnimamba.web.request.RequestId;
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
    ApiException failure = ErrorTranslator.translate(error, RequestId.of(exchange));
    HttpHeaders headers = response.getHeaders();
    headers.remove(HttpHeaders.CACHE_CONTROL);
    if (failure.status() == HttpStatus.REQUEST_TIMEOUT) {
      // the rest of such a body is not waited for; what is left of one that is too long is read
      // and dropped, since closing with bytes unread would reset the connection and lose this
      // answer on its way
      headers.set(HttpHeaders.CONNECTION, "close");
    }
    if (failure.retryAfter() != null) {
      headers.set(HttpHeaders.RETRY_AFTER, Long.toString(failure.retryAfter().toSeconds()));
    }
    return writer.json(exchange, failure.status(), failure.body());
  }
}
