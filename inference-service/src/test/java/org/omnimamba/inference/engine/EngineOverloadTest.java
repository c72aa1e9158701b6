package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.EngineException.Reason;

/** Admission is exact, says no at once, and says truthfully when to come again. */
class EngineOverloadTest {

  @Test
  void exactlyAsManySequencesAsThereIsRoomForAreTaken() {
    try (EngineFixture fixture = new EngineFixture(4).start()) {
      fixture.backend.steps.drainPermits();
      int room = 4 + EngineFixture.MAX_WAITING;
      List<RecordingListener> accepted = new ArrayList<>();
      for (int i = 0; i < room; i++) {
        accepted.add(fixture.submit(FakeRequests.text(4, 5)));
      }
      assertThatThrownBy(() -> fixture.submit(FakeRequests.text(4, 5)))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.QUEUE_FULL);
                assertThat(e.retryAfter()).isPositive();
              });
      fixture.backend.steps.release(100_000);
      accepted.forEach(RecordingListener::result);
      fixture.awaitIdle();
      fixture.submit(FakeRequests.text(4, 5)).result();
    }
  }

  @Test
  void tokensCountAsWell() {
    EngineSettings small =
        new EngineSettings(
            16, 100, 1000, 3, Duration.ofMillis(1), Duration.ofMinutes(1), 0, EngineFixture.SHARES);
    try (EngineFixture fixture = new EngineFixture(new FakeBackend(4), small).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener first = fixture.submit(FakeRequests.text(100, 400));
      RecordingListener second = fixture.submit(FakeRequests.text(100, 400));
      EngineException full =
          catchThrowableOfType(
              EngineException.class, () -> fixture.submit(FakeRequests.text(400, 500)));
      assertThat(full.reason()).isEqualTo(Reason.QUEUE_FULL);
      EngineException never =
          catchThrowableOfType(
              EngineException.class, () -> fixture.submit(FakeRequests.text(1, 1000)));
      assertThat(never.reason()).isEqualTo(Reason.TOO_LARGE);
      fixture.backend.steps.release(100_000);
      first.result();
      second.result();
      fixture.awaitIdle();
    }
  }

  @Test
  void fourTimesTheCapacityFromManyThreadsLosesNothing() throws InterruptedException {
    try (EngineFixture fixture = new EngineFixture(4).start()) {
      int capacity = 4 + EngineFixture.MAX_WAITING;
      int threads = 8;
      int each = 4 * capacity / threads;
      AtomicInteger rejected = new AtomicInteger();
      List<RecordingListener> accepted = new ArrayList<>();
      CountDownLatch done = new CountDownLatch(threads);
      for (int t = 0; t < threads; t++) {
        new Thread(
                () -> {
                  for (int i = 0; i < each; i++) {
                    try {
                      RecordingListener listener =
                          fixture.submit(
                              i % 2 == 0
                                  ? FakeRequests.text(7 + i, 20)
                                  : FakeRequests.image(20, 8, 1, 1));
                      synchronized (accepted) {
                        accepted.add(listener);
                      }
                    } catch (EngineException e) {
                      assertThat(e.reason()).isEqualTo(Reason.QUEUE_FULL);
                      rejected.incrementAndGet();
                    }
                    assertThat(fixture.engine.status().sequences()).isLessThanOrEqualTo(capacity);
                  }
                  done.countDown();
                })
            .start();
      }
      done.await();
      accepted.forEach(RecordingListener::result);
      assertThat(accepted.size() + rejected.get()).isEqualTo(threads * each);
      fixture.awaitIdle();
      assertThat(fixture.registry.get("omnimamba.slots.in.use").gauge().value()).isZero();
    }
  }

  @Test
  void waitingRequestsAreServedInTheOrderTheyCame() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener running = fixture.submit(FakeRequests.text(4, 4, 2));
      await().until(() -> running.tokens() == 2);
      List<RecordingListener> waiting = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        // Each prompt has its own length, which its prefill call shows.
        waiting.add(fixture.submit(FakeRequests.text(5 + i, 3)));
      }
      fixture.backend.steps.release(1000);
      waiting.forEach(RecordingListener::result);
      List<String> starts = fixture.backend.calls("prefill 0..");
      for (int i = 0; i < 6; i++) {
        assertThat(starts.get(i + 1)).startsWith("prefill 0..%d ".formatted(5 + i));
      }
    }
  }
}
