package org.omnimamba.jobs.web.problem;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;

/** Ends a request with a problem. */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * What is wrong with one member of the body.
   *
   * @param pointer a JSON pointer (RFC 6901) to it
   * @param detail what is wrong
   */
  public record MemberError(String pointer, String detail) {}

  private final ProblemType type;
  private transient List<MemberError> errors = List.of();
  private @Nullable String parameter;
  private final transient Map<String, Object> members = new LinkedHashMap<>();
  private final transient HttpHeaders headers = new HttpHeaders();

  public Problem(ProblemType type, String detail) {
    // no stack trace: this is an answer, not a fault
    super(detail, null, false, false);
    this.type = type;
  }

  /** The same answer whether a resource does not exist or belongs to another tenant. */
  public static Problem notFound() {
    return new Problem(ProblemType.NOT_FOUND, "There is no such resource.");
  }

  /** Values that are not acceptable. */
  public static Problem validation(List<MemberError> errors) {
    return new Problem(ProblemType.VALIDATION, "The body has values that are not acceptable.")
        .withErrors(errors);
  }

  /** Says which members of the body are wrong, in the extension member {@code errors}. */
  Problem withErrors(List<MemberError> wrong) {
    errors = List.copyOf(wrong);
    return with("errors", errors);
  }

  /** What is wrong with members of the body. */
  List<MemberError> errors() {
    return errors;
  }

  /** Says which parameter of the query is wrong, for answers that have a place for it. */
  public Problem about(String name) {
    parameter = name;
    return this;
  }

  /** The parameter of the query that is wrong, or null. */
  @Nullable String parameter() {
    return parameter;
  }

  /** Adds an extension member. */
  public Problem with(String name, Object value) {
    members.put(name, value);
    return this;
  }

  /** Adds a header to the answer. */
  public Problem withHeader(String name, String value) {
    headers.set(name, value);
    return this;
  }

  /** Says when it is worth trying again, in whole seconds, rounded up. */
  public Problem withRetryAfter(Duration wait) {
    return withHeader("Retry-After", Long.toString(wait.plusNanos(999_999_999).toSeconds()));
  }

  public ProblemType type() {
    return type;
  }

  public HttpHeaders headers() {
    return headers;
  }

  /** The body of the answer. */
  public ProblemDetail detail() {
    ProblemDetail detail = ProblemDetail.forStatusAndDetail(type.status(), getMessage());
    detail.setType(type.uri());
    detail.setTitle(type.title());
    members.forEach(detail::setProperty);
    return detail;
  }
}
