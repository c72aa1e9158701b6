package org.omnimamba.gateway.limits;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Tells how much is left, in the headers that OpenAI's clients know. */
final class RateHeaders {
  private RateHeaders() {}

  /**
   * Adds {@code x-ratelimit-limit-KIND}, {@code -remaining-KIND} and {@code -reset-KIND} to
   * whatever answer will be given.
   */
  static void announce(ServerWebExchange exchange, String kind, Grant grant) {
    exchange
        .getResponse()
        .beforeCommit(
            () -> {
              HttpHeaders headers = exchange.getResponse().getHeaders();
              headers.set("x-ratelimit-limit-" + kind, Long.toString(grant.limit()));
              headers.set("x-ratelimit-remaining-" + kind, Long.toString(grant.remaining()));
              headers.set("x-ratelimit-reset-" + kind, duration(grant.nanosUntilFull()));
              return Mono.empty();
            });
  }

  /** A refusal that says after which time the same request will be granted. */
  static ApiException refusal(String kind, Grant grant) {
    long millis = Math.max(1, ceilDiv(grant.nanosUntilGranted(), 1_000_000));
    return ApiException.rateLimited(
            kind,
            "The limit of "
                + grant.limit()
                + " "
                + kind
                + " per minute is reached. Please try again in "
                + duration(TimeUnit.MILLISECONDS.toNanos(millis))
                + ".")
        .header(HttpHeaders.RETRY_AFTER, Long.toString(ceilDiv(millis, 1000)))
        .header("retry-after-ms", Long.toString(millis));
  }

  /** As OpenAI writes durations: {@code 0s}, {@code 120ms}, {@code 1.5s}, {@code 6m0s}. */
  static String duration(long nanos) {
    long millis = ceilDiv(Math.max(0, nanos), 1_000_000);
    if (millis == 0) {
      return "0s";
    }
    if (millis < 1000) {
      return millis + "ms";
    }
    long minutes = millis / 60_000;
    String seconds =
        String.format(Locale.ROOT, "%.3f", millis % 60_000 / 1000.0).replaceAll("\\.?0+$", "");
    return (minutes > 0 ? minutes + "m" : "") + seconds + "s";
  }

  private static long ceilDiv(long value, long by) {
    return (value + by - 1) / by;
  }
}
