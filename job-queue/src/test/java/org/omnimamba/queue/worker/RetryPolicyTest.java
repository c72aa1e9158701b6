package org.omnimamba.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {
  private static final RetryPolicy POLICY =
      RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofMinutes(5));

  @ParameterizedTest
  @CsvSource({
    "-1, 1000",
    "1, 1000",
    "2, 2000",
    "3, 4000",
    "9, 256000",
    "10, 300000",
    "31, 300000",
    "2147483647, 300000"
  })
  void doublesUpToTheMostAndTakesAwayHalfOfItAtMost(int attempt, long full) {
    assertThat(POLICY.delay(attempt, drawing(0))).hasMillis(full);
    assertThat(POLICY.delay(attempt, drawing(Math.nextDown(1.0))).toMillis())
        .isBetween(full / 2, full / 2 + 1);
    Random random = new Random(1);
    long shortest = full;
    long longest = 0;
    for (int i = 0; i < 1000; i++) {
      long drawn = POLICY.delay(attempt, random).toMillis();
      assertThat(drawn).isBetween(full / 2, full);
      shortest = Math.min(shortest, drawn);
      longest = Math.max(longest, drawn);
    }
    // spread over the whole range, not gathered in a part of it
    assertThat(shortest).isLessThan(full * 52 / 100);
    assertThat(longest).isGreaterThan(full * 98 / 100);
  }

  @Test
  void aScheduleRepeatsItsLastWaitAndOnlyLengthens() {
    RetryPolicy schedule =
        RetryPolicy.schedule(List.of(Duration.ofSeconds(1), Duration.ofSeconds(10)), 0.1);
    assertThat(schedule.delay(1, drawing(0))).hasSeconds(1);
    assertThat(schedule.delay(7, drawing(0))).hasSeconds(10);
    assertThat(schedule.delay(7, drawing(Math.nextDown(1.0))).toMillis())
        .isBetween(10_999L, 11_000L);
  }

  @Test
  void rangesThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> RetryPolicy.exponential(Duration.ZERO, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RetryPolicy.exponential(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static RandomGenerator drawing(double value) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return 0;
      }

      @Override
      public double nextDouble() {
        return value;
      }
    };
  }
}
