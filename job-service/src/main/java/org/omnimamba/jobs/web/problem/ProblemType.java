package org.omnimamba.jobs.web.problem;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/** The kinds of problem that the API answers with; documented in docs/jobs.md. */
public enum ProblemType {
  /** The request as such is wrong: a header, a parameter, the syntax of the body. */
  INVALID_REQUEST(HttpStatus.BAD_REQUEST, "Invalid request"),
  /** The body is not JSON, or too deep. */
  MALFORMED_JSON(HttpStatus.BAD_REQUEST, "Malformed JSON"),
  /** The body has a member that does not exist. */
  UNKNOWN_MEMBER(HttpStatus.BAD_REQUEST, "Unknown member"),
  /** The internal token is missing or wrong. */
  NOT_INTERNAL(HttpStatus.UNAUTHORIZED, "Not an internal request"),
  /** There is no such resource, or it belongs to another tenant. */
  NOT_FOUND(HttpStatus.NOT_FOUND, "Not found"),
  /** The path exists, the method does not. */
  METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "Method not allowed"),
  /** The answer has another media type than those the request accepts. */
  NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "Not acceptable"),
  /** The state of the thing does not allow it. */
  CONFLICT(HttpStatus.CONFLICT, "Conflict"),
  /** The first request with this idempotency key is still at work. */
  IDEMPOTENCY_IN_PROGRESS(HttpStatus.CONFLICT, "The first request is still running"),
  /** The job has ended and its result is gone. */
  GONE(HttpStatus.GONE, "Gone"),
  /** The condition of If-Match does not hold. */
  PRECONDITION_FAILED(HttpStatus.PRECONDITION_FAILED, "Precondition failed"),
  /** The body is larger than allowed. */
  CONTENT_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "Content too large"),
  /** The body did not arrive in time. */
  BODY_TIMEOUT(HttpStatus.REQUEST_TIMEOUT, "Request timeout"),
  /** The body is not JSON by its content type. */
  UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Unsupported media type"),
  /** The values of the body are not acceptable; {@code errors} lists them. */
  VALIDATION(HttpStatus.UNPROCESSABLE_CONTENT, "Validation failed"),
  /** This idempotency key was used with another body. */
  IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT, "Idempotency key reused"),
  /** The webhook address is refused. */
  ADDRESS_REFUSED(HttpStatus.UNPROCESSABLE_CONTENT, "Webhook address refused"),
  /** The tenant's queue is full. */
  QUEUE_FULL(HttpStatus.TOO_MANY_REQUESTS, "Queue full"),
  /** The tenant keeps as many requests open as it may. */
  TOO_MANY_OPEN(HttpStatus.TOO_MANY_REQUESTS, "Too many open requests"),
  /** A fault of ours. */
  INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "Internal error"),
  /** The memory for request bodies is used up. */
  OVERLOADED(HttpStatus.SERVICE_UNAVAILABLE, "Overloaded"),
  /** For the moment the service cannot do it. */
  UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "Unavailable");

  private final HttpStatus status;
  private final String title;

  ProblemType(HttpStatus status, String title) {
    this.status = status;
    this.title = title;
  }

  public HttpStatus status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** A stable identifier; it is a name, not an address. */
  public URI uri() {
    return URI.create("urn:omnimamba:problem:" + code().replace('_', '-'));
  }

  /** The same for OpenAI's error object. */
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
