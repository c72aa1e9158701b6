package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.EngineException.Reason;

/** Neither another tenant's crowd nor jobs hold a request up. */
class EngineFairnessTest {
  private static final Requester ANN = new Requester("ann", TrafficClass.INTERACTIVE);
  private static final Requester BOB = new Requester("bob", TrafficClass.INTERACTIVE);
  private static final Requester JOBS = new Requester("ann", TrafficClass.JOB);

  /** Lengths of prompts, in the order in which they were begun. */
  private static List<Integer> begun(FakeBackend backend) {
    return backend.calls("prefill 0..").stream()
        .map(call -> Integer.valueOf(call.substring("prefill 0..".length(), call.indexOf(" slot"))))
        .toList();
  }

  private static RecordingListener submit(EngineFixture fixture, Requester requester, int length) {
    return fixture.submit(FakeRequests.of(requester, FakeRequests.text(length, 2)));
  }

  /** Both slots are taken, so that what is submitted next waits. */
  private static EngineFixture busy() {
    EngineFixture fixture = new EngineFixture(2).start();
    fixture.backend.steps.drainPermits();
    RecordingListener running = fixture.submit(FakeRequests.text(3, 2, 2));
    await().until(() -> running.tokens() == 2);
    return fixture;
  }

  @Test
  void aTenantWithOneRequestDoesNotWaitForAnothersCrowd() {
    try (EngineFixture fixture = busy()) {
      List<RecordingListener> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        all.add(submit(fixture, ANN, 4 + i));
      }
      all.add(submit(fixture, BOB, 14));
      fixture.backend.steps.release(1000);
      all.forEach(RecordingListener::result);
      assertThat(begun(fixture.backend)).containsExactly(3, 4, 14, 5, 6, 7, 8, 9);
      fixture.awaitIdle();
    }
  }

  @Test
  void peopleGoBeforeJobsAndJobsKeepTheirShare() {
    try (EngineFixture fixture = busy()) {
      List<RecordingListener> all = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        all.add(submit(fixture, JOBS, 10 + i));
      }
      for (int i = 0; i < 5; i++) {
        all.add(submit(fixture, BOB, 4 + i));
      }
      fixture.backend.steps.release(1000);
      all.forEach(RecordingListener::result);
      assertThat(begun(fixture.backend)).containsExactly(3, 4, 5, 6, 10, 7, 8, 11, 12);
      fixture.awaitIdle();
    }
  }

  @Test
  void oneTenantCannotFillTheWaitingLine() {
    try (EngineFixture fixture = busy()) {
      List<RecordingListener> accepted = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < EngineFixture.MAX_WAITING; i++) {
                  accepted.add(submit(fixture, ANN, 4));
                }
              })
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.QUEUE_FULL);
                assertThat(e.retryAfter()).isPositive();
              });
      // three quarters of what the two that run leave
      assertThat(accepted).hasSize(24);
      accepted.add(submit(fixture, BOB, 4));
      accepted.add(submit(fixture, JOBS, 4));
      fixture.backend.steps.release(10_000);
      accepted.forEach(RecordingListener::result);
      fixture.awaitIdle();
    }
  }

  @Test
  void requestsLargerThanTheDeviceGetTheirSlotsWhoeverElseWaits() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      List<RecordingListener> all = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        all.add(fixture.submit(FakeRequests.of(ANN, FakeRequests.text(5, 4, 5))));
        all.add(submit(fixture, BOB, 6));
        all.add(fixture.submit(FakeRequests.of(JOBS, FakeRequests.image(7, 4, 3, 1))));
      }
      all.forEach(RecordingListener::result);
      fixture.awaitIdle();
    }
  }

  @Test
  void aHeadThatIsTakenBackMakesWay() {
    try (EngineFixture fixture = busy()) {
      RecordingListener head = new RecordingListener();
      AcceptedRequest taken =
          fixture.engine.submit(FakeRequests.of(ANN, FakeRequests.text(5, 50, 8)), head);
      RecordingListener next = submit(fixture, BOB, 6);
      fixture.backend.steps.release(1);
      await().until(() -> fixture.backend.calls("prefill 0..5 ").size() == 1);
      taken.cancel();
      fixture.backend.steps.release(1000);
      assertThat(head.failure().reason()).isEqualTo(Reason.CANCELLED);
      assertThat(next.result().get(0)).hasSize(2);
      fixture.awaitIdle();
    }
  }
}
