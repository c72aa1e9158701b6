package org.omnimamba.gateway.errors;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * A refusal with everything that either error envelope needs. Its message is meant for the client.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final HttpStatus status;
  private final String type;
  private final @Nullable String code;
  private final @Nullable String param;
  private final Map<String, String> headers = new LinkedHashMap<>();

  private ApiException(
      HttpStatus status,
      String type,
      @Nullable String code,
      @Nullable String param,
      String message,
      @Nullable Throwable cause) {
    // Refusals are ordinary answers: no stack trace to fill in, nothing suppressed.
    super(message, cause, false, false);
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
  }

  /** A request that is wrong in itself (4xx). */
  public static ApiException invalidRequest(HttpStatus status, String code, String message) {
    return new ApiException(status, "invalid_request_error", code, null, message, null);
  }

  /** A request with a wrong field. */
  public static ApiException invalidField(String param, String code, String message) {
    return new ApiException(
        HttpStatus.BAD_REQUEST, "invalid_request_error", code, param, message, null);
  }

  /** A limit was reached; {@code kind} is the thing limited, as OpenAI names it. */
  public static ApiException rateLimited(String kind, String message) {
    return new ApiException(
        HttpStatus.TOO_MANY_REQUESTS, kind, "rate_limit_exceeded", null, message, null);
  }

  /** Our side failed (5xx). */
  public static ApiException serverError(HttpStatus status, String code, String message) {
    return serverError(status, code, message, null);
  }

  /** Our side failed (5xx); the cause is for the log, never for the client. */
  public static ApiException serverError(
      HttpStatus status, String code, String message, @Nullable Throwable cause) {
    return new ApiException(status, "server_error", code, null, message, cause);
  }

  /** Adds a response header; returns this. */
  public ApiException header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  public HttpStatus status() {
    return status;
  }

  public String type() {
    return type;
  }

  public @Nullable String code() {
    return code;
  }

  public @Nullable String param() {
    return param;
  }

  public Map<String, String> headers() {
    return Map.copyOf(headers);
  }

  /** The message for the client; never null. */
  public String detail() {
    String message = getMessage();
    return message == null ? status.getReasonPhrase() : message;
  }
}
