package org.omnimamba.jobs.web.responses;

import org.omnimamba.jobs.response.RefusedResponseException;
import org.omnimamba.jobs.response.ResponseParams;
import org.omnimamba.jobs.web.problem.OpenAiError;
import org.omnimamba.jobs.worker.UpstreamException;
import org.omnimamba.jobs.worker.UpstreamFailures;
import org.omnimamba.queue.worker.JobOutcome;
import org.springframework.http.HttpStatus;

/** Says in HTTP why there is no response. */
final class ResponseErrors {
  private static final String NO_ANSWER = "The model did not answer.";

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
  private static OpenAiError of(UpstreamException failure) {
    UpstreamException upstream = ResponseParams.aboutTheResponse(failure);
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
            status, type, upstream.member("param"), upstream.member("code"), words(upstream));
    return upstream.retryAfter() == null ? error : error.withRetryAfter(upstream.retryAfter());
  }

  /** What went wrong, in words for the client. */
  static String message(Throwable failure) {
    if (failure instanceof UpstreamException upstream) {
      return words(ResponseParams.aboutTheResponse(upstream));
    }
    return failure instanceof RefusedResponseException
        ? String.valueOf(failure.getMessage())
        : NO_ANSWER;
  }

  private static String words(UpstreamException upstream) {
    String message = upstream.member("message");
    return message == null ? NO_ANSWER : message;
  }
}
