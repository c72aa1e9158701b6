package org.omnimamba.inference.api;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.omnimamba.inference.engine.EngineException;
import org.omnimamba.web.body.BodyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.DisconnectedClientHelper;

/** Turns whatever went wrong into the error a client gets; nothing internal shows in it. */
public final class ErrorTranslator {
  private static final Logger log = LoggerFactory.getLogger(ErrorTranslator.class);

  private ErrorTranslator() {}

  /**
   * The error for a client. Faults of this service are logged here, with their cause.
   *
   * @param requestId names the request in the log
   */
  public static ApiException translate(Throwable error, String requestId) {
    if (error instanceof ApiException api) {
      return api;
    }
    if (error instanceof BodyException body) {
      return bodyError(body);
    }
    if (error instanceof EngineException engine) {
      return engineError(engine);
    }
    if (error instanceof ResponseStatusException web) {
      return webError(web, requestId);
    }
    if (error instanceof RejectedExecutionException) {
      return ApiException.workersBusy();
    }
    if (DisconnectedClientHelper.isClientDisconnectedException(error)) {
      return ApiException.malformed("client_disconnected", "The connection was closed.");
    }
    log.error("request {} failed", requestId, error);
    return ApiException.server(
        HttpStatus.INTERNAL_SERVER_ERROR, "internal_error", "The request failed.", null);
  }

  private static ApiException bodyError(BodyException error) {
    String message = error.getMessage();
    return switch (error.reason()) {
      case TOO_LARGE ->
          ApiException.client(HttpStatus.CONTENT_TOO_LARGE, null, "body_too_large", message);
      case TOO_SLOW ->
          ApiException.client(HttpStatus.REQUEST_TIMEOUT, null, "body_timeout", message);
      case OVERLOADED ->
          ApiException.server(
              HttpStatus.SERVICE_UNAVAILABLE,
              "overloaded",
              message,
              Duration.ofSeconds(BodyException.RETRY_AFTER_SECONDS));
      case STOPPING ->
          ApiException.server(
              HttpStatus.SERVICE_UNAVAILABLE,
              "shutting_down",
              message,
              Duration.ofSeconds(BodyException.RETRY_AFTER_SECONDS));
      case CLIENT_GONE -> ApiException.malformed("client_disconnected", message);
    };
  }

  private static ApiException engineError(EngineException error) {
    String message = Objects.requireNonNullElse(error.getMessage(), "The request failed.");
    Duration retryAfter = error.retryAfter();
    return switch (error.reason()) {
      case QUEUE_FULL ->
          ApiException.busy(
              "queue_full", message, Objects.requireNonNullElse(retryAfter, Duration.ofSeconds(1)));
      case TOO_LARGE -> ApiException.malformed("request_too_large", message);
      case NOT_READY ->
          ApiException.server(HttpStatus.SERVICE_UNAVAILABLE, "not_ready", message, retryAfter);
      case SHUTTING_DOWN ->
          ApiException.server(
              HttpStatus.SERVICE_UNAVAILABLE, "shutting_down", message, Duration.ofSeconds(5));
      case DEADLINE ->
          ApiException.server(HttpStatus.GATEWAY_TIMEOUT, "deadline_exceeded", message, null);
      case CANCELLED, FAILED ->
          ApiException.server(HttpStatus.INTERNAL_SERVER_ERROR, "generation_failed", message, null);
    };
  }

  private static ApiException webError(ResponseStatusException error, String requestId) {
    HttpStatus status =
        Objects.requireNonNullElse(
            HttpStatus.resolve(error.getStatusCode().value()), HttpStatus.INTERNAL_SERVER_ERROR);
    return switch (status) {
      case NOT_FOUND ->
          ApiException.client(status, null, "unknown_url", "There is nothing at this address.");
      case METHOD_NOT_ALLOWED ->
          ApiException.client(
              status, null, "method_not_allowed", "This address does not take this method.");
      case UNSUPPORTED_MEDIA_TYPE ->
          ApiException.client(
              status, null, "unsupported_media_type", "The body must be application/json.");
      case NOT_ACCEPTABLE ->
          ApiException.client(
              status, null, "not_acceptable", "The answer is JSON or an event stream.");
      default -> {
        if (status.is4xxClientError()) {
          yield ApiException.client(status, null, "bad_request", status.getReasonPhrase() + ".");
        }
        log.error("request {} failed", requestId, error);
        yield ApiException.server(status, "internal_error", "The request failed.", null);
      }
    };
  }
}
