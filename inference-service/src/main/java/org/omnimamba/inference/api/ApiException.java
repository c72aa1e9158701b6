package org.omnimamba.inference.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A request that gets an error for an answer; the message is fit for the sender's eyes. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String INVALID_REQUEST = "invalid_request_error";
  private static final Duration OVERLOAD_RETRY = Duration.ofSeconds(1);

  private final HttpStatus status;
  private final ErrorBody body;
  private final @Nullable Duration retryAfter;

  private ApiException(
      HttpStatus status,
      String type,
      @Nullable String param,
      @Nullable String code,
      String message,
      @Nullable Duration retryAfter) {
    super(message);
    this.status = status;
    this.body = ErrorBody.of(message, type, param, code);
    this.retryAfter = retryAfter;
  }

  /** 400: the value of {@code param} is not one that is taken here. */
  public static ApiException invalid(String param, String code, String message) {
    return new ApiException(HttpStatus.BAD_REQUEST, INVALID_REQUEST, param, code, message, null);
  }

  /** 400: {@code param} exists, its value is wrong. */
  public static ApiException invalidValue(String param, String message) {
    return invalid(param, "invalid_value", message);
  }

  /** 400: {@code param} would change the result and is not implemented. */
  public static ApiException unsupportedParameter(String param) {
    return invalid(param, "unsupported_parameter", "Unsupported parameter: '%s'.".formatted(param));
  }

  /** 400 about the body as a whole. */
  public static ApiException malformed(String code, String message) {
    return new ApiException(HttpStatus.BAD_REQUEST, INVALID_REQUEST, null, code, message, null);
  }

  /** A client's error with another status than 400. */
  public static ApiException client(
      HttpStatus status, @Nullable String param, String code, String message) {
    return new ApiException(status, INVALID_REQUEST, param, code, message, null);
  }

  /** 429: no room at present. */
  public static ApiException busy(String code, String message, Duration retryAfter) {
    return new ApiException(
        HttpStatus.TOO_MANY_REQUESTS, "rate_limit_error", null, code, message, retryAfter);
  }

  /** 503: too much is being done for others, which says nothing about this request. */
  public static ApiException overloaded(String code, String message) {
    return server(HttpStatus.SERVICE_UNAVAILABLE, code, message, OVERLOAD_RETRY);
  }

  /** {@link #overloaded} where no worker thread gets to the request. */
  static ApiException workersBusy() {
    return overloaded("workers_busy", "The server is busy with other requests.");
  }

  /** 5xx. */
  public static ApiException server(
      HttpStatus status, String code, String message, @Nullable Duration retryAfter) {
    return new ApiException(status, "server_error", null, code, message, retryAfter);
  }

  public HttpStatus status() {
    return status;
  }

  public ErrorBody body() {
    return body;
  }

  /** When to try again, for the {@code Retry-After} header. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
