package org.omnimamba.jobs.webhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {
  private final RetrySchedule exact = new RetrySchedule(() -> 0L);
  private final RetrySchedule jittered = new RetrySchedule(new Random(7));

  @Test
  void followsTheStandardsSchedule() {
    assertThat(IntStream.range(1, RetrySchedule.ATTEMPTS).mapToObj(n -> exact.delayAfter(n).get()))
        .containsExactly(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24));
    assertThat(RetrySchedule.ATTEMPTS).isEqualTo(10);
    assertThat(exact.delayAfter(10)).isEmpty();
  }

  @Test
  void addsAtMostATenth() {
    for (int made = 1; made < RetrySchedule.ATTEMPTS; made++) {
      Duration base = exact.delayAfter(made).orElseThrow();
      for (int i = 0; i < 50; i++) {
        assertThat(jittered.delayAfter(made).orElseThrow())
            .isBetween(base, base.plus(base.dividedBy(10)));
      }
    }
  }

  @Test
  void honoursALongerWishUpToADayAndNeverShortens() {
    assertThat(exact.delayAfter(1, Duration.ofMinutes(2))).contains(Duration.ofMinutes(2));
    assertThat(exact.delayAfter(2, Duration.ofMinutes(2))).contains(Duration.ofMinutes(5));
    assertThat(exact.delayAfter(1, Duration.ofDays(90))).contains(Duration.ofDays(1));
    assertThat(exact.delayAfter(10, Duration.ofMinutes(2))).isEmpty();
  }
}
