package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.EngineException.Reason;

/** The engine ends in order, in whatever state it is told to. */
class EngineShutdownTest {
  private static final Duration GRACE = Duration.ofSeconds(30);

  @Test
  void whatWasAcceptedIsFinished() throws InterruptedException {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener running = fixture.submit(FakeRequests.text(4, 10));
      RecordingListener waiting = fixture.submit(FakeRequests.image(4, 10, 3, 1));
      await().until(() -> running.tokens() == 1);
      fixture.engine.drain(GRACE);
      assertThat(fixture.engine.ready()).isFalse();
      assertThatThrownBy(() -> fixture.submit(FakeRequests.text(4, 5)))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SHUTTING_DOWN));
      fixture.backend.steps.release(1000);
      assertThat(fixture.engine.shutdown(GRACE)).isTrue();
      assertThat(running.result().get(0)).hasSize(10);
      assertThat(waiting.images()).hasSize(3);
      assertThat(fixture.backend.closed()).isTrue();
      assertThat(fixture.engine.state()).isEqualTo(EngineState.STOPPED);
    }
  }

  @Test
  void whatDoesNotFinishInTimeFails() throws InterruptedException {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      RecordingListener running = fixture.submit(FakeRequests.text(4, 90_000));
      await().until(() -> running.tokens() > 0);
      assertThat(fixture.engine.shutdown(Duration.ofMillis(1))).isTrue();
      assertThat(running.failure().reason()).isEqualTo(Reason.SHUTTING_DOWN);
      assertThat(fixture.backend.closed()).isTrue();
      fixture.awaitIdle();
    }
  }

  @Test
  void anIdleEngineEndsAtOnce() throws InterruptedException {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      assertThat(fixture.engine.shutdown(GRACE)).isTrue();
      assertThat(fixture.engine.shutdown(GRACE)).isTrue();
      assertThat(fixture.backend.closed()).isTrue();
    }
  }

  @Test
  void anEngineThatWasNeverStartedEnds() throws InterruptedException {
    EngineFixture fixture = new EngineFixture(2);
    assertThat(fixture.engine.shutdown(GRACE)).isTrue();
    assertThat(fixture.backend.calls).isEmpty();
  }

  @Test
  void anEngineThatIsStillLoadingEndsAfterLoading() throws InterruptedException {
    FakeBackend backend = new FakeBackend(2);
    EngineFixture fixture = new EngineFixture(backend, EngineFixture.settings());
    backend.beforeProbe(() -> fixture.engine.drain(GRACE));
    fixture.engine.start();
    assertThat(fixture.engine.shutdown(GRACE)).isTrue();
    assertThat(backend.closed()).isTrue();
    assertThat(fixture.engine.state()).isEqualTo(EngineState.STOPPED);
  }
}
