package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private final Throughput throughput = new Throughput();
  private final Admission admission = new Admission(4, 1000, throughput);

  @Test
  void whatIsReservedComesBackOnceHoweverItIsReturned() {
    Admission.Reservation reservation = admission.reserve(2, 500);
    assertThat(admission.sequences()).isEqualTo(2);
    assertThat(admission.tokens()).isEqualTo(500);
    reservation.returnTokens(100);
    reservation.returnSequence();
    assertThat(admission.sequences()).isEqualTo(1);
    assertThat(admission.tokens()).isEqualTo(400);
    reservation.returnTokens(10_000);
    reservation.close();
    reservation.close();
    reservation.returnSequence();
    assertThat(admission.sequences()).isZero();
    assertThat(admission.tokens()).isZero();
  }

  @Test
  void whatJustFitsIsTaken() {
    admission.reserve(4, 1000);
    assertThatThrownBy(() -> admission.reserve(1, 0)).isInstanceOf(EngineException.class);
    assertThatThrownBy(() -> admission.reserve(0, 1)).isInstanceOf(EngineException.class);
  }

  @Test
  void theRetryTimeIsTheWorkInTheWayOverTheMeasuredSpeed() {
    throughput.add(1000, Duration.ofSeconds(10).toNanos()); // 100 tokens/s
    admission.reserve(2, 900);
    assertThat(retryAfter(1, 600)).isEqualTo(Duration.ofSeconds(5)); // 500 too many
    assertThat(retryAfter(1, 101)).isEqualTo(Duration.ofSeconds(1)); // 1 too many
    assertThat(retryAfter(4, 10)).isEqualTo(Duration.ofSeconds(9)); // both have to end
  }

  @Test
  void aCallerWhoWaitsAsToldIsTaken() {
    throughput.add(1000, Duration.ofSeconds(10).toNanos());
    Admission.Reservation running = admission.reserve(1, 1000);
    Duration wait = retryAfter(1, 300);
    running.returnTokens((long) (throughput.tokensPerSecond() * wait.toSeconds()));
    admission.reserve(1, 300);
    assertThat(admission.sequences()).isEqualTo(2);
  }

  private Duration retryAfter(int sequences, long tokens) {
    try {
      admission.reserve(sequences, tokens);
    } catch (EngineException e) {
      return e.retryAfter();
    }
    throw new AssertionError("there was room");
  }

  @Test
  void speedFollowsRecentMeasurements() {
    throughput.add(100, Duration.ofSeconds(1).toNanos());
    for (int i = 0; i < 100; i++) {
      throughput.add(1000, Duration.ofSeconds(1).toNanos());
    }
    assertThat(throughput.tokensPerSecond()).isBetween(990.0, 1000.0);
    assertThat(new Throughput().timeFor(5)).isEqualTo(Duration.ofSeconds(1));
  }
}
