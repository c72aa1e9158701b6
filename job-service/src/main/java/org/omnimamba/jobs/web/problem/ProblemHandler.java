package org.omnimamba.jobs.web.problem;

import java.net.URI;
import org.omnimamba.web.body.BodyException;
import org.omnimamba.web.json.JsonMistake;
import org.omnimamba.web.logging.RepeatedWarning;
import org.omnimamba.web.request.RequestId;
import org.omnimamba.web.request.RequestLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;

/**
 * Turns whatever ends a request into a problem, or into OpenAI's error object on the addresses that
 * OpenAI defines; a fault of ours is logged and not explained.
 */
@RestControllerAdvice
@Order(0)
class ProblemHandler {
  private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

  private final RepeatedWarning unanswered = new RepeatedWarning(log);

  /** Fails with what was thrown when part of the answer is out: no other answer can follow it. */
  @ExceptionHandler(Throwable.class)
  Mono<ResponseEntity<Object>> handle(Throwable thrown, ServerWebExchange exchange) {
    return exchange.getResponse().isCommitted()
        ? Mono.error(thrown)
        : Mono.just(answer(thrown, exchange));
  }

  private ResponseEntity<Object> answer(Throwable thrown, ServerWebExchange exchange) {
    if (thrown instanceof BodyException body && body.reason() == BodyException.Reason.CLIENT_GONE) {
      RequestLog.clientWentAway(exchange);
    }
    if (thrown instanceof OpenAiError error) {
      return openAi(error);
    }
    Problem problem = problem(thrown, RequestId.of(exchange));
    if (OpenAiError.isFor(exchange.getRequest().getPath().value())) {
      return openAi(OpenAiError.of(problem));
    }
    ProblemDetail detail = problem.detail();
    detail.setInstance(URI.create(exchange.getRequest().getPath().value()));
    HttpHeaders headers = new HttpHeaders();
    headers.putAll(problem.headers());
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    return new ResponseEntity<>(detail, headers, problem.type().status());
  }

  private static ResponseEntity<Object> openAi(OpenAiError error) {
    HttpHeaders headers = new HttpHeaders();
    headers.putAll(error.headers());
    headers.setContentType(MediaType.APPLICATION_JSON);
    return new ResponseEntity<>(error.body(), headers, error.status());
  }

  private Problem problem(Throwable thrown, String requestId) {
    if (thrown instanceof Problem problem) {
      return problem;
    }
    if (thrown instanceof BodyException body) {
      return bodyProblem(body);
    }
    if (hasCause(thrown, DataBufferLimitException.class)) {
      return new Problem(ProblemType.CONTENT_TOO_LARGE, "The body is larger than allowed.");
    }
    if (thrown instanceof ServerWebInputException input) {
      return inputProblem(input);
    }
    if (thrown instanceof ResponseStatusException status) {
      return statusProblem(status);
    }
    if (thrown instanceof TransientDataAccessException
        || hasCause(thrown, io.r2dbc.spi.R2dbcTransientException.class)
        || hasCause(thrown, io.r2dbc.spi.R2dbcNonTransientResourceException.class)) {
      unanswered.warn("database", requestId + ": the database did not answer: " + thrown);
      return new Problem(ProblemType.UNAVAILABLE, "The database does not answer at the moment.")
          .withHeader("Retry-After", "2");
    }
    log.error("{}: request failed", requestId, thrown);
    return new Problem(ProblemType.INTERNAL, "Something went wrong here.");
  }

  private static Problem bodyProblem(BodyException body) {
    return switch (body.reason()) {
      case TOO_LARGE -> new Problem(ProblemType.CONTENT_TOO_LARGE, body.getMessage());
      case TOO_SLOW -> new Problem(ProblemType.BODY_TIMEOUT, body.getMessage());
      case OVERLOADED ->
          new Problem(ProblemType.OVERLOADED, body.getMessage())
              .withHeader("Retry-After", Integer.toString(BodyException.RETRY_AFTER_SECONDS));
      case CLIENT_GONE -> new Problem(ProblemType.INVALID_REQUEST, body.getMessage());
      case STOPPING ->
          new Problem(ProblemType.UNAVAILABLE, body.getMessage())
              .withHeader("Retry-After", Integer.toString(BodyException.RETRY_AFTER_SECONDS));
    };
  }

  private static Problem inputProblem(ServerWebInputException input) {
    for (Throwable cause = input; cause != null; cause = cause.getCause()) {
      if (cause instanceof JacksonException json) {
        return JsonProblems.of(JsonMistake.of(json));
      }
    }
    MethodParameter parameter = input.getMethodParameter();
    if (parameter != null && hasCause(input, TypeMismatchException.class)) {
      Class<?> type = parameter.getParameterType();
      boolean whole = type == int.class || type == Long.class;
      String name = name(parameter);
      return new Problem(
              ProblemType.INVALID_REQUEST,
              name + (whole ? " must be a whole number." : " has a value of another type."))
          .about(name);
    }
    String what = parameter == null ? null : input.getReason();
    return new Problem(
        ProblemType.INVALID_REQUEST, what == null ? "The request is not valid." : what + ".");
  }

  /** As clients write it. */
  private static String name(MethodParameter parameter) {
    RequestParam named = parameter.getParameterAnnotation(RequestParam.class);
    return named == null || named.name().isEmpty()
        ? String.valueOf(parameter.getParameterName())
        : named.name();
  }

  private static Problem statusProblem(ResponseStatusException status) {
    return switch (status.getStatusCode().value()) {
      case 404 -> Problem.notFound();
      case 405 -> new Problem(ProblemType.METHOD_NOT_ALLOWED, "The path has no such method.");
      case 406 ->
          new Problem(
              ProblemType.NOT_ACCEPTABLE, "The answer has another media type than is accepted.");
      case 413 -> new Problem(ProblemType.CONTENT_TOO_LARGE, "The body is larger than allowed.");
      case 415 ->
          new Problem(ProblemType.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json.");
      default ->
          status.getStatusCode().is4xxClientError()
              ? new Problem(ProblemType.INVALID_REQUEST, "The request is not valid.")
              : new Problem(ProblemType.INTERNAL, "Something went wrong here.");
    };
  }

  private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
