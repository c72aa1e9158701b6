package org.omnimamba.jobs.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-23T23:00:00Z");

  @Test
  void readsSecondsAndDates() {
    assertThat(RetryAfter.parse(" 120 ", NOW)).contains(Duration.ofMinutes(2));
    assertThat(RetryAfter.parse("0", NOW)).contains(Duration.ZERO);
    assertThat(RetryAfter.parse("Mon, 23 Nov 2026 23:10:00 GMT", NOW))
        .contains(Duration.ofMinutes(10));
    assertThat(RetryAfter.parse("Mon, 23 Nov 2026 22:00:00 GMT", NOW)).contains(Duration.ZERO);
    assertThat(RetryAfter.parse("Monday, 23-Nov-26 23:10:00 GMT", NOW))
        .contains(Duration.ofMinutes(10));
    assertThat(RetryAfter.parse("Mon Nov 23 23:10:00 2026", NOW)).contains(Duration.ofMinutes(10));
    assertThat(RetryAfter.parse("Sun Nov  6 08:49:37 1994", NOW)).contains(Duration.ZERO);
    assertThat(RetryAfter.parse("Sunday, 06-Nov-94 08:49:37 GMT", NOW)).contains(Duration.ZERO);
  }

  @Test
  void boundsWhatIsAbsurd() {
    assertThat(RetryAfter.parse("99999999999999999999", NOW).orElseThrow())
        .isGreaterThan(Duration.ofDays(365));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "soon",
        "1.5",
        "2026-11-23",
        "Mon, 23 Foo 2026 23:10:00 GMT",
        "2026-11-23T23:10:00Z"
      })
  void ignoresWhatMakesNoSense(String value) {
    assertThat(RetryAfter.parse(value, NOW)).isEmpty();
    assertThat(RetryAfter.parse(null, NOW)).isEmpty();
  }
}
