package org.omnimamba.jobs.worker;

import io.netty.handler.timeout.TimeoutException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.worker.JobOutcome;
import org.omnimamba.web.body.BodyException;
import org.omnimamba.web.replica.ConnectFailures;
import org.omnimamba.web.replica.ReplicaLostException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * Sorts what can go wrong with inference-service.
 *
 * <table>
 *   <caption>Failures and what follows</caption>
 *   <tr><td>4xx but those below</td><td>final; the upstream's error is kept</td></tr>
 *   <tr><td>429, 503, no connection; 401, 403 (our own credentials)</td><td>postponed, not before
 *       Retry-After: nothing was begun, so it costs no attempt, and an accepted job outlives any
 *       outage</td></tr>
 *   <tr><td>408, 409, 425, other 5xx</td><td>again, not before Retry-After</td></tr>
 *   <tr><td>connection lost, silence</td><td>again; it may be this job that breaks it</td></tr>
 *   <tr><td>a stream that ends early or makes no sense</td><td>again</td></tr>
 *   <tr><td>an answer over the limit</td><td>final</td></tr>
 *   <tr><td>no memory left beside other jobs</td><td>postponed: it is not this job's fault</td>
 *       </tr>
 * </table>
 */
public final class UpstreamFailures {
  /** The request's author must change it. */
  static final String REJECTED = "upstream_rejected";

  /** inference-service has no room or is not there. */
  static final String UNAVAILABLE = "upstream_unavailable";

  /** inference-service failed. */
  static final String FAILED = "upstream_failed";

  /** The answer is larger than this service keeps. */
  static final String TOO_LARGE = "result_too_large";

  private UpstreamFailures() {}

  /** What a failure means for the attempt; a fault of our own is left to the queue. */
  public static @Nullable JobOutcome outcome(Throwable thrown) {
    if (thrown instanceof UpstreamException upstream) {
      return upstream(upstream);
    }
    if (hasCause(thrown, DataBufferLimitException.class)) {
      return failed(TOO_LARGE, "the answer is larger than the limit", false, null);
    }
    if (thrown instanceof BodyException) {
      return postponed("other jobs have taken the memory for running jobs", null);
    }
    if (thrown instanceof BrokenStreamException) {
      return failed(FAILED, String.valueOf(thrown.getMessage()), true, null);
    }
    if (ConnectFailures.neverSent(thrown)) {
      return postponed("inference-service cannot be reached", null);
    }
    if (thrown instanceof ReplicaLostException) {
      return failed(UNAVAILABLE, "inference-service stopped answering", true, null);
    }
    if (hasCause(thrown, TimeoutException.class)) {
      return failed(UNAVAILABLE, "inference-service fell silent", true, null);
    }
    if (thrown instanceof WebClientRequestException || hasCause(thrown, IOException.class)) {
      return failed(UNAVAILABLE, "inference-service cannot be reached", true, null);
    }
    return null;
  }

  private static JobOutcome upstream(UpstreamException e) {
    String message = e.member("message");
    String said = message == null ? "inference-service answered " + e.status() : message;
    if (isRejection(e)) {
      return failed(REJECTED, said, false, null);
    }
    return switch (e.status()) {
      case 401, 403, 429, 503 -> postponed(said, e.retryAfter());
      default -> failed(FAILED, said, true, e.retryAfter());
    };
  }

  private static boolean isRejection(UpstreamException e) {
    if (e.status() == 0) {
      return "invalid_request_error".equals(e.member("type"));
    }
    return switch (e.status()) {
      case 401, 403, 408, 409, 425, 429 -> false;
      default -> e.status() >= 400 && e.status() < 500;
    };
  }

  private static JobOutcome.Failed failed(
      String code, String message, boolean retryable, @Nullable Duration after) {
    return new JobOutcome.Failed(
        new JobError(code, message), retryable, after, TransactionHook.NONE);
  }

  private static JobOutcome.Postponed postponed(String message, @Nullable Duration after) {
    return new JobOutcome.Postponed(
        new JobError(UNAVAILABLE, message), after, TransactionHook.NONE);
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
