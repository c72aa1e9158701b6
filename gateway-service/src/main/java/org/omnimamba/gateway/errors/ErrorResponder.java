package org.omnimamba.gateway.errors;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Objects;
import org.omnimamba.web.logging.RepeatedWarning;
import org.omnimamba.web.request.RequestId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Answers every failure in the envelope of its path, before any other handler can. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ErrorResponder implements WebExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ErrorResponder.class);

  private final RepeatedWarning unserved = new RepeatedWarning(log);
  private final MeterRegistry meters;

  ErrorResponder(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
    ServerHttpResponse response = exchange.getResponse();
    if (response.isCommitted()) {
      // Part of an answer is out: only closing the connection tells the client it is not whole.
      return Mono.error(failure);
    }
    ApiException error = ErrorTranslator.translate(failure);
    meters
        .counter("omnimamba.gateway.refusals", "code", Objects.toString(error.code(), "none"))
        .increment();
    String requestId = RequestId.of(exchange);
    log(error, failure, requestId);
    String path = exchange.getRequest().getURI().getRawPath();
    ErrorEnvelope envelope = ErrorEnvelope.of(path == null ? "" : path);
    byte[] body = envelope.write(error, requestId);
    response.getHeaders().clear();
    response.setStatusCode(error.status());
    response.getHeaders().setContentType(envelope.contentType());
    response.getHeaders().setContentLength(body.length);
    response.getHeaders().setCacheControl("no-store");
    if (envelope == ErrorEnvelope.OPENAI) {
      response.getHeaders().set("openai-processing-ms", Long.toString(RequestId.millis(exchange)));
    }
    error.headers().forEach(response.getHeaders()::set);
    if (exchange.getRequest().getMethod() == HttpMethod.HEAD) {
      return response.setComplete();
    }
    return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
  }

  /**
   * Failures of ours with what caused them, those of one kind once a minute, and who was turned
   * away at the door: those have no tenant, so no other line tells of them. Never the key that they
   * presented.
   */
  private void log(ApiException error, Throwable failure, String requestId) {
    if ("internal_error".equals(error.code())) {
      log.error("request {} failed", requestId, failure);
    } else if (error.status().is5xxServerError()) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      String code = String.valueOf(error.code());
      unserved.warn(code, "request " + requestId + ": " + code + " (" + cause + ")");
    } else if (error.status() == HttpStatus.UNAUTHORIZED
        || error.status() == HttpStatus.FORBIDDEN) {
      log.atInfo()
          .addKeyValue("request_id", requestId)
          .addKeyValue("status", error.status().value())
          .log("refused: {} ({})", error.code(), requestId);
    }
  }
}
