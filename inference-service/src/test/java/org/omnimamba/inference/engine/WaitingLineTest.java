package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whose turn it is. Requests are told apart by the lengths of their prompts. */
class WaitingLineTest {
  private static final Requester ANN = new Requester("ann", TrafficClass.INTERACTIVE);
  private static final Requester BOB = new Requester("bob", TrafficClass.INTERACTIVE);
  private static final Requester ANNS_JOBS = new Requester("ann", TrafficClass.JOB);
  private static final Requester BOBS_JOBS = new Requester("bob", TrafficClass.JOB);

  private final WaitingLine line = new WaitingLine(0.25);
  private final Admission admission = new Admission(10_000, 10_000_000, 1, new Throughput());

  private ActiveRequest addOne(Requester requester, int name, int sequences) {
    GenerationRequest request = FakeRequests.of(requester, FakeRequests.text(name, 1, sequences));
    ActiveRequest active =
        new ActiveRequest(
            request,
            new RecordingListener(),
            admission.reserve(requester, sequences, 1),
            0,
            () -> {});
    line.add(active);
    return active;
  }

  private void add(Requester requester, int... names) {
    for (int name : names) {
      addOne(requester, name, 1);
    }
  }

  /** Takes out whole requests, each when it is its turn. */
  private List<Integer> order() {
    List<Integer> names = new ArrayList<>();
    for (ActiveRequest head = line.head(); head != null; head = line.head()) {
      names.add(head.request.prompt().tokens());
      line.remove(head);
    }
    return names;
  }

  @Test
  void oneTenantIsServedInItsOrder() {
    add(ANN, 1, 2, 3);
    assertThat(order()).containsExactly(1, 2, 3);
  }

  @Test
  void tenantsTakeTurns() {
    add(ANN, 1, 2, 3, 4);
    add(BOB, 11, 12);
    add(new Requester(null, TrafficClass.INTERACTIVE), 21);
    assertThat(order()).containsExactly(1, 11, 21, 2, 12, 3, 4);
  }

  @Test
  void aRequestOfSeveralSequencesCostsAsManyTurns() {
    addOne(ANN, 1, 3);
    add(ANN, 2);
    add(BOB, 11, 12, 13, 14);
    assertThat(order()).containsExactly(1, 11, 12, 13, 2, 14);
  }

  @Test
  void whoComesBackAtOnceHasNotSkippedItsTurns() {
    addOne(ANN, 1, 3);
    add(BOB, 11, 12, 13, 14);
    line.remove(Objects.requireNonNull(line.head()));
    add(ANN, 2);
    assertThat(order()).containsExactly(11, 12, 13, 2, 14);
  }

  @Test
  void jobsGetTheirShareWhilePeopleWait() {
    add(ANN, 1, 2, 3, 4, 5, 6, 7);
    add(BOBS_JOBS, 101, 102, 103);
    assertThat(order()).containsExactly(1, 2, 3, 101, 4, 5, 6, 102, 7, 103);
  }

  @Test
  void jobsHaveAllWhileNobodyWaits() {
    add(ANNS_JOBS, 101, 102, 103);
    add(BOBS_JOBS, 201);
    assertThat(order()).containsExactly(101, 201, 102, 103);
  }

  @Test
  void aLargeJobIsPaidForByTheNextOnes() {
    for (int i = 0; i < 10; i++) {
      add(ANN, 1 + i);
    }
    addOne(BOBS_JOBS, 101, 2);
    add(ANNS_JOBS, 201);
    assertThat(order()).containsExactly(1, 2, 3, 101, 4, 5, 6, 7, 8, 9, 201, 10);
  }

  @Test
  void theHeadStaysTheHeadUntilItIsGone() {
    ActiveRequest head = addOne(BOBS_JOBS, 101, 4);
    assertThat(line.head()).isSameAs(head);
    add(ANN, 1);
    head.addSlot(0);
    assertThat(line.head()).isSameAs(head);
    assertThat(line.sequences()).isEqualTo(4);
    line.remove(head);
    assertThat(order()).containsExactly(1);
    assertThat(line.sequences()).isZero();
  }

  @Test
  void whoIsTakenBackLosesNoOtherItsTurn() {
    add(ANN, 1);
    ActiveRequest second = addOne(ANN, 2, 5);
    add(BOB, 11);
    line.remove(second);
    line.remove(second);
    assertThat(line.sequences()).isEqualTo(2);
    assertThat(order()).containsExactly(1, 11);
  }

  /** However requests come and go: each is served once, and no tenant waits for long. */
  @Test
  void noTenantIsKeptWaiting() {
    Random random = new Random(5);
    int served = 0;
    int added = 0;
    int[] waitedTurns = new int[4];
    int[] waiting = new int[4];
    for (int step = 0; step < 20_000; step++) {
      int tenant = random.nextInt(10) < 7 ? 0 : random.nextInt(4); // one sends most
      if (added - served < 200) {
        int sequences = 1 + random.nextInt(3);
        Requester requester = new Requester("tenant " + tenant, TrafficClass.INTERACTIVE);
        addOne(requester, 1 + tenant, sequences);
        waiting[tenant]++;
        added++;
      }
      ActiveRequest head = random.nextBoolean() ? line.head() : null;
      if (head != null) {
        line.remove(head);
        head.reservation.close();
        int whose = head.request.prompt().tokens() - 1;
        served++;
        waiting[whose]--;
        waitedTurns[whose] = 0;
        for (int other = 0; other < 4; other++) {
          if (other != whose && waiting[other] > 0) {
            waitedTurns[other]++;
            // three turns at most for its own last request, three others in each
            assertThat(waitedTurns[other]).isLessThanOrEqualTo(9);
          }
        }
      }
    }
    served += order().size();
    assertThat(served).isEqualTo(added);
    assertThat(line.sequences()).isZero();
  }
}
