package org.omnimamba.jobs.web.responses;

import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.response.RefusedResponseException;
import org.omnimamba.jobs.web.problem.OpenAiError;
import org.omnimamba.jobs.worker.UpstreamException;
import org.omnimamba.jobs.worker.UpstreamFailures;
import org.omnimamba.queue.worker.JobOutcome;
import org.springframework.http.HttpStatus;

/** Says in HTTP why there is no response. */
final class ResponseErrors {
  /** What stands there in a chat stands in {@code text.format} itself in a response. */
  private static final String JSON_SCHEMA = "response_format.json_schema";

  private ResponseErrors() {}

  /** The answer to a failure; what is no failure of a response is left as it is. */
  static Throwable of(Throwable failure) {
    if (failure instanceof RefusedResponseException refused) {
      return new OpenAiError(
          HttpStatus.BAD_REQUEST, null, refused.param(), refused.code(), message(refused));
    }
    if (failure instanceof UpstreamException upstream) {
      return of(upstream);
    }
    JobOutcome outcome = UpstreamFailures.outcome(failure);
    if (outcome instanceof JobOutcome.Postponed postponed) {
      return new OpenAiError(
              HttpStatus.SERVICE_UNAVAILABLE,
              null,
              null,
              "service_unavailable",
              postponed.reason().message())
          .withHeader("Retry-After", "2");
    }
    if (outcome instanceof JobOutcome.Failed failed) {
      return new OpenAiError(
          HttpStatus.BAD_GATEWAY, null, null, failed.error().code(), failed.error().message());
    }
    return failure;
  }

  /** What inference-service said, about the members of a response in place of those of a chat. */
  private static OpenAiError of(UpstreamException upstream) {
    String type = upstream.member("type");
    HttpStatus status =
        switch (upstream.status()) {
          // our own credentials were refused
          case 401, 403 -> HttpStatus.BAD_GATEWAY;
          case 0 ->
              "invalid_request_error".equals(type)
                  ? HttpStatus.BAD_REQUEST
                  : HttpStatus.INTERNAL_SERVER_ERROR;
          default -> {
            HttpStatus known = HttpStatus.resolve(upstream.status());
            yield known == null ? HttpStatus.BAD_GATEWAY : known;
          }
        };
    OpenAiError error =
        new OpenAiError(
            status,
            type,
            param(upstream.member("param")),
            upstream.member("code"),
            message(upstream));
    return upstream.retryAfter() == null ? error : error.withRetryAfter(upstream.retryAfter());
  }

  private static @Nullable String param(@Nullable String param) {
    if (param == null) {
      return null;
    }
    if (param.startsWith("messages") || param.equals("prompt")) {
      return "input";
    }
    if (param.startsWith(JSON_SCHEMA)) {
      return "text.format" + param.substring(JSON_SCHEMA.length());
    }
    return switch (param) {
      case "max_completion_tokens" -> "max_output_tokens";
      case "response_format" -> "text.format";
      case "size", "output_format", "output_compression", "quality", "partial_images" ->
          "tools[0]." + param;
      default -> param;
    };
  }

  /** What went wrong, in words for the client. */
  static String message(Throwable failure) {
    if (failure instanceof UpstreamException upstream) {
      String message = upstream.member("message");
      return message == null ? "The model did not answer." : message;
    }
    return failure instanceof RefusedResponseException
        ? String.valueOf(failure.getMessage())
        : "The model did not answer.";
  }
}
