package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private final Throughput throughput = new Throughput();
  private final Admission admission = new Admission(4, 1000, 0.75, throughput);

  @Test
  void whatIsReservedComesBackOnceHoweverItIsReturned() {
    Admission.Reservation reservation = admission.reserve(Requester.UNKNOWN, 2, 500);
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
    admission.reserve(Requester.UNKNOWN, 4, 1000);
    assertThatThrownBy(() -> admission.reserve(Requester.UNKNOWN, 1, 0))
        .isInstanceOf(EngineException.class);
    assertThatThrownBy(() -> admission.reserve(Requester.UNKNOWN, 0, 1))
        .isInstanceOf(EngineException.class);
  }

  @Test
  void theRetryTimeIsTheWorkInTheWayOverTheMeasuredSpeed() {
    throughput.add(1000, Duration.ofSeconds(10).toNanos()); // 100 tokens/s
    admission.reserve(Requester.UNKNOWN, 2, 900);
    assertThat(retryAfter(1, 600)).isEqualTo(Duration.ofSeconds(5)); // 500 too many
    assertThat(retryAfter(1, 101)).isEqualTo(Duration.ofSeconds(1)); // 1 too many
    assertThat(retryAfter(4, 10)).isEqualTo(Duration.ofSeconds(9)); // both have to end
  }

  @Test
  void aCallerWhoWaitsAsToldIsTaken() {
    throughput.add(1000, Duration.ofSeconds(10).toNanos());
    Admission.Reservation running = admission.reserve(Requester.UNKNOWN, 1, 1000);
    Duration wait = retryAfter(1, 300);
    running.returnTokens((long) (throughput.tokensPerSecond() * wait.toSeconds()));
    admission.reserve(Requester.UNKNOWN, 1, 300);
    assertThat(admission.sequences()).isEqualTo(2);
  }

  private Duration retryAfter(int sequences, long tokens) {
    try {
      admission.reserve(Requester.UNKNOWN, sequences, tokens);
    } catch (EngineException e) {
      return e.retryAfter();
    }
    throw new AssertionError("there was room");
  }

  @Test
  void aTenantAloneTakesItsShareAndNoMore() {
    Admission admission = new Admission(16, 1_600, 0.75, throughput);
    Requester ann = new Requester("ann", TrafficClass.INTERACTIVE);
    for (int i = 0; i < 12; i++) {
      admission.reserve(ann, 1, 100);
    }
    assertThatThrownBy(() -> admission.reserve(ann, 1, 10))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(EngineException.Reason.QUEUE_FULL);
              assertThat(e).hasMessageContaining("tenant's share");
              assertThat(e.retryAfter()).isPositive();
            });
    admission.reserve(new Requester("bob", TrafficClass.INTERACTIVE), 1, 100);
    admission.reserve(new Requester("ann", TrafficClass.JOB), 1, 100);
    assertThat(admission.sequences()).isEqualTo(14);
  }

  @Test
  void aTenantsTokensCountAsItsSequencesDo() {
    Admission admission = new Admission(1_000, 1_000, 0.5, throughput);
    Requester ann = new Requester("ann", TrafficClass.JOB);
    Admission.Reservation first = admission.reserve(ann, 1, 400);
    assertThatThrownBy(() -> admission.reserve(ann, 1, 101)).isInstanceOf(EngineException.class);
    first.returnTokens(1);
    admission.reserve(ann, 1, 101);
  }

  @Test
  void whenSeveralTakeAllTheyCanSomeRoomIsLeft() {
    Admission admission = new Admission(100, 1_000_000, 0.75, throughput);
    for (int tenant = 0; tenant < 3; tenant++) {
      Requester greedy = new Requester("tenant " + tenant, TrafficClass.INTERACTIVE);
      admission.reserve(greedy, 1, 1);
      while (isTaken(admission, greedy)) {
        assertThat(admission.sequences()).isLessThan(100);
      }
    }
    admission.reserve(new Requester("one more", TrafficClass.INTERACTIVE), 1, 1);
  }

  @Test
  void roomEvensOutAsRequestsEnd() {
    Admission admission = new Admission(100, 1_000_000, 0.75, throughput);
    Requester ann = new Requester("ann", TrafficClass.INTERACTIVE);
    Requester bob = new Requester("bob", TrafficClass.INTERACTIVE);
    Deque<Admission.Reservation> anns = new ArrayDeque<>();
    for (int i = 0; i < 75; i++) {
      anns.add(admission.reserve(ann, 1, 1));
    }
    int bobs = 0;
    while (isTaken(admission, bob)) {
      bobs++;
    }
    assertThat(bobs).isEqualTo(18);
    for (int ended = 0; ended < 20; ended++) {
      anns.remove().close();
      assertThat(isTaken(admission, ann)).isFalse();
      bobs += isTaken(admission, bob) ? 1 : 0;
    }
    assertThat(bobs).isGreaterThan(30);
  }

  private static boolean isTaken(Admission admission, Requester requester) {
    try {
      admission.reserve(requester, 1, 1);
      return true;
    } catch (EngineException e) {
      return false;
    }
  }

  @Test
  void aLargeRequestOfATenantThatHoldsNothingNeedsOnlyRoom() {
    Requester ann = new Requester("ann", TrafficClass.INTERACTIVE);
    Admission.Reservation all = admission.reserve(ann, 4, 1000);
    all.close();
    admission.reserve(ann, 4, 1000);
  }

  @Test
  void callersWhoNameNoTenantAreBoundByTheRoomAlone() {
    for (int i = 0; i < 4; i++) {
      admission.reserve(Requester.UNKNOWN, 1, 250);
    }
    assertThat(admission.sequences()).isEqualTo(4);
  }

  @Test
  void aTenantWhoWaitsAsToldIsTaken() {
    Admission admission = new Admission(100, 1_000, 0.75, throughput);
    throughput.add(1000, Duration.ofSeconds(10).toNanos()); // 100 tokens/s
    Requester ann = new Requester("ann", TrafficClass.INTERACTIVE);
    Admission.Reservation running = admission.reserve(ann, 1, 700);
    EngineException full =
        catchThrowableOfType(EngineException.class, () -> admission.reserve(ann, 1, 250));
    // a quarter of 950 against three quarters of 50
    assertThat(full.retryAfter()).isEqualTo(Duration.ofSeconds(2));
    running.returnTokens(200);
    admission.reserve(ann, 1, 250);
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
