package org.omnimamba.gateway.errors;

import io.netty.handler.timeout.ReadTimeoutException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.server.ShuttingDownException;
import org.omnimamba.web.body.BodyException;
import org.omnimamba.web.json.JsonMistake;
import org.omnimamba.web.replica.ConnectFailures;
import org.omnimamba.web.replica.ReplicaLostException;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebInputException;
import reactor.netty.http.client.PrematureCloseException;
import tools.jackson.core.JacksonException;

/** Turns any failure into an {@link ApiException}; says nothing about our inside. */
public final class ErrorTranslator {
  private ErrorTranslator() {}

  /** The refusal that a client is to see. */
  public static ApiException translate(Throwable failure) {
    if (failure instanceof ApiException known) {
      return known;
    }
    if (failure instanceof BodyException body) {
      return ofBody(body);
    }
    if (failure instanceof MethodNotAllowedException method) {
      return ApiException.invalidRequest(
          HttpStatus.METHOD_NOT_ALLOWED,
          "method_not_allowed",
          "The method " + method.getHttpMethod() + " is not allowed here.");
    }
    JacksonException json = failure instanceof ServerWebInputException ? causeOf(failure) : null;
    if (json != null) {
      return ofJson(JsonMistake.of(json));
    }
    if (failure instanceof ResponseStatusException status) {
      return ofStatus(status);
    }
    if (ConnectFailures.neverSent(failure)) {
      return unavailable();
    }
    if (failure instanceof ShuttingDownException) {
      return shuttingDown();
    }
    if (failure instanceof ReplicaLostException) {
      return ApiException.serverError(
          HttpStatus.BAD_GATEWAY, "upstream_failed", "The service stopped answering.", failure);
    }
    if (failure instanceof ReadTimeoutException || failure instanceof TimeoutException) {
      return ApiException.serverError(
          HttpStatus.GATEWAY_TIMEOUT, "upstream_timeout", "The service did not answer in time.");
    }
    if (failure instanceof PrematureCloseException || failure instanceof java.io.IOException) {
      return ApiException.serverError(
          HttpStatus.BAD_GATEWAY,
          "upstream_failed",
          "The service ended the connection before it answered.");
    }
    return ApiException.serverError(
        HttpStatus.INTERNAL_SERVER_ERROR, "internal_error", "The gateway failed unexpectedly.");
  }

  /** Each closes the connection, since the rest of the body is still in it. */
  private static ApiException ofBody(BodyException failure) {
    String message = failure.getMessage();
    ApiException shown =
        switch (failure.reason()) {
          case TOO_LARGE ->
              ApiException.invalidRequest(HttpStatus.CONTENT_TOO_LARGE, "body_too_large", message);
          case TOO_SLOW ->
              ApiException.invalidRequest(HttpStatus.REQUEST_TIMEOUT, "body_timeout", message);
          case OVERLOADED ->
              ApiException.serverError(HttpStatus.SERVICE_UNAVAILABLE, "overloaded", message)
                  .header("Retry-After", Integer.toString(BodyException.RETRY_AFTER_SECONDS));
          case STOPPING -> shuttingDown();
          case CLIENT_GONE ->
              ApiException.invalidRequest(HttpStatus.BAD_REQUEST, "client_disconnected", message);
        };
    return shown.header("Connection", "close");
  }

  /** No replica can take the request now. */
  public static ApiException unavailable() {
    return ApiException.serverError(
            HttpStatus.SERVICE_UNAVAILABLE,
            "service_unavailable",
            "The service is not available right now. Please try again shortly.")
        .header("Retry-After", "1");
  }

  /** The process ends before the request could. */
  private static ApiException shuttingDown() {
    return ApiException.serverError(
            HttpStatus.SERVICE_UNAVAILABLE,
            "shutting_down",
            "This gateway is being stopped. Please send the request again.")
        .header("Retry-After", "1");
  }

  private static @Nullable JacksonException causeOf(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof JacksonException json) {
        return json;
      }
    }
    return null;
  }

  private static ApiException ofJson(JsonMistake mistake) {
    if (mistake.kind() == JsonMistake.Kind.MALFORMED) {
      return ApiException.invalidRequest(HttpStatus.BAD_REQUEST, "invalid_json", mistake.detail());
    }
    String member = mistake.pointer().substring(1);
    String code =
        mistake.kind() == JsonMistake.Kind.UNKNOWN_MEMBER ? "unknown_member" : "invalid_value";
    return ApiException.invalidField(member, code, member + " " + mistake.detail() + ".");
  }

  private static ApiException ofStatus(ResponseStatusException failure) {
    HttpStatus status = HttpStatus.resolve(failure.getStatusCode().value());
    if (status == null || status.is5xxServerError()) {
      HttpStatus shown = status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status;
      return ApiException.serverError(shown, "server_error", shown.getReasonPhrase());
    }
    if (status == HttpStatus.NOT_FOUND) {
      return notFound();
    }
    return ApiException.invalidRequest(status, "invalid_request", status.getReasonPhrase());
  }

  /** Nothing is served under the address. */
  public static ApiException notFound() {
    return ApiException.invalidRequest(
        HttpStatus.NOT_FOUND, "unknown_url", "Nothing is served under this address.");
  }
}
