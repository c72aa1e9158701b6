package org.omnimamba.jobs.http;

import io.netty.handler.codec.DateFormatter;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code Retry-After} header (RFC 9110, 10.2.3): seconds, or a date in any of HTTP's
 * three forms.
 */
public final class RetryAfter {
  private RetryAfter() {}

  /** The wait it asks for, never negative; empty when the header is absent or makes no sense. */
  public static Optional<Duration> parse(@Nullable String value, Instant now) {
    if (value == null || value.isBlank()) {
      return Optional.empty();
    }
    String text = value.strip();
    if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return text.length() > 9
          ? Optional.of(Duration.ofSeconds(999_999_999))
          : Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    @Nullable Date at = DateFormatter.parseHttpDate(text);
    return at == null ? Optional.empty() : Optional.of(wait(now, at.toInstant()));
  }

  private static Duration wait(Instant now, Instant at) {
    Duration wait = Duration.between(now, at);
    return wait.isNegative() ? Duration.ZERO : wait;
  }
}
