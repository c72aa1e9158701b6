package org.omnimamba.jobs.web.problem;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.json.MemberName;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

/**
 * Ends a request with OpenAI's error object, {@code {"error": {message, type, param, code}}}. On
 * the addresses that OpenAI defines ({@link #isFor}) every other refusal is written in this form
 * too.
 */
public final class OpenAiError extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String[] ADDRESSES = {"/v1/responses", "/v1/files", "/v1/batches"};

  private final HttpStatusCode status;
  private final String type;
  private final @Nullable String param;
  private final @Nullable String code;
  private final transient HttpHeaders headers = new HttpHeaders();

  /**
   * An error.
   *
   * @param type the class of the error, such as {@code invalid_request_error}; null for that of the
   *     status
   * @param param the member of the request that it is about, or null
   * @param code what a program can branch on, or null
   */
  public OpenAiError(
      HttpStatusCode status,
      @Nullable String type,
      @Nullable String param,
      @Nullable String code,
      String message) {
    // no stack trace: this is an answer, not a fault
    super(message, null, false, false);
    this.status = status;
    this.type = type == null ? typeOf(status) : type;
    this.param = param;
    this.code = code;
  }

  /** 400 about one member of the request. */
  public static OpenAiError invalid(@Nullable String param, String code, String message) {
    return new OpenAiError(HttpStatusCode.valueOf(400), null, param, code, message);
  }

  /** 404: the same whether a thing does not exist or belongs to another tenant. */
  public static OpenAiError notFound(String what, String id) {
    return new OpenAiError(
        HttpStatusCode.valueOf(404),
        null,
        null,
        "not_found",
        "No such " + what + ": '" + id + "'.");
  }

  /** Whether answers to this path have OpenAI's shapes. */
  public static boolean isFor(String path) {
    for (String address : ADDRESSES) {
      if (path.equals(address) || path.startsWith(address + "/")) {
        return true;
      }
    }
    return false;
  }

  /** A problem in this form. */
  static OpenAiError of(Problem problem) {
    OpenAiError error =
        problem.errors().isEmpty()
            ? new OpenAiError(
                problem.type().status(),
                null,
                problem.parameter(),
                problem.parameter() == null ? problem.type().code() : "invalid_value",
                String.valueOf(problem.getMessage()))
            : ofMember(problem.type(), problem.errors().get(0));
    error.headers.putAll(problem.headers());
    return error;
  }

  /** The first member of the body that is wrong: there is a place for one. */
  private static OpenAiError ofMember(ProblemType type, Problem.MemberError wrong) {
    String name = MemberName.of(wrong.pointer());
    return type == ProblemType.UNKNOWN_MEMBER
        ? invalid(name, "unknown_parameter", "Unknown parameter: '" + name + "'.")
        : invalid(name, "invalid_value", "'" + name + "' " + wrong.detail() + ".");
  }

  /** Adds a header to the answer. */
  public OpenAiError withHeader(String name, String value) {
    headers.set(name, value);
    return this;
  }

  /** Says when it is worth trying again, in whole seconds, rounded up. */
  public OpenAiError withRetryAfter(Duration wait) {
    return withHeader("Retry-After", Long.toString(wait.plusNanos(999_999_999).toSeconds()));
  }

  HttpStatusCode status() {
    return status;
  }

  HttpHeaders headers() {
    return headers;
  }

  /** The body of the answer; all members are always there. */
  Map<String, Map<String, @Nullable String>> body() {
    Map<String, @Nullable String> error = new LinkedHashMap<>();
    error.put("message", getMessage());
    error.put("type", type);
    error.put("param", param);
    error.put("code", code);
    return Map.of("error", error);
  }

  private static String typeOf(HttpStatusCode status) {
    if (status.is5xxServerError()) {
      return "server_error";
    }
    return switch (status.value()) {
      case 401 -> "authentication_error";
      case 429 -> "rate_limit_error";
      default -> "invalid_request_error";
    };
  }
}
