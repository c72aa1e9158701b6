package org.omnimamba.jobs.web.jobs;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code Prefer: wait=N} (RFC 7240); preferences that make no sense are ignored. */
final class Preference {
  private Preference() {}

  /** The wait in whole seconds that is asked for, at most {@code most}. */
  static Optional<Duration> waiting(List<String> headers, Duration most) {
    for (String header : headers) {
      for (String preference : header.split(",", -1)) {
        String[] parts = preference.split(";", -1)[0].split("=", 2);
        if (parts.length == 2 && parts[0].strip().toLowerCase(Locale.ROOT).equals("wait")) {
          return seconds(parts[1].strip()).map(wait -> wait.compareTo(most) > 0 ? most : wait);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Duration> seconds(String text) {
    String digits =
        text.length() > 2 && text.startsWith("\"") && text.endsWith("\"")
            ? text.substring(1, text.length() - 1)
            : text;
    boolean number =
        !digits.isEmpty() && digits.length() <= 9 && digits.chars().allMatch(Character::isDigit);
    return number ? Optional.of(Duration.ofSeconds(Long.parseLong(digits))) : Optional.empty();
  }
}
