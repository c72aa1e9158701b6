package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.omnimamba.inference.engine.EngineException.Reason;
import org.omnimamba.model.generation.GeneratedToken;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Whatever phase a request is taken back in, all it held is free again before the next step. */
class EngineCancellationTest {

  @Test
  void whileItWaitsForASlot() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener running = fixture.submit(FakeRequests.text(4, 8, 2));
      await().until(() -> running.tokens() == 2);
      RecordingListener waiting = new RecordingListener();
      AcceptedRequest generation = fixture.engine.submit(FakeRequests.text(4, 8), waiting);
      generation.cancel();
      fixture.backend.steps.release(1);
      assertThat(waiting.failure().reason()).isEqualTo(Reason.CANCELLED);
      assertThat(waiting.tokens()).isZero();
      fixture.backend.steps.release(1000);
      assertThat(running.result()).hasSize(2);
      fixture.awaitIdle();
    }
  }

  @Test
  void whileItHoldsSomeOfItsSlots() {
    try (EngineFixture fixture = new EngineFixture(3).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener running = fixture.submit(FakeRequests.text(4, 50));
      await().until(() -> running.tokens() == 1);
      RecordingListener listener = new RecordingListener();
      AcceptedRequest generation = fixture.engine.submit(FakeRequests.text(4, 20, 5), listener);
      fixture.backend.steps.release(3);
      await().until(() -> listener.tokens() > 0);
      generation.cancel();
      fixture.backend.steps.release(1000);
      assertThat(listener.failure().reason()).isEqualTo(Reason.CANCELLED);
      assertThat(running.result().get(0)).hasSize(50);
      fixture.awaitIdle();
    }
  }

  @Test
  void betweenTwoChunksOfItsPrompt() {
    FakeBackend backend = new FakeBackend(2);
    AtomicReference<AcceptedRequest> generation = new AtomicReference<>();
    AtomicInteger chunks = new AtomicInteger();
    try (EngineFixture fixture = new EngineFixture(backend, EngineFixture.settings()).start()) {
      RecordingListener listener = new RecordingListener();
      backend.beforePrefill(
          () -> {
            if (chunks.incrementAndGet() == 2) {
              await().until(() -> generation.get() != null);
              generation.get().cancel();
            }
          });
      generation.set(fixture.engine.submit(FakeRequests.text(200, 4), listener));
      assertThat(listener.failure().reason()).isEqualTo(Reason.CANCELLED);
      fixture.awaitIdle();
      assertThat(chunks).hasValue(2);
      assertThat(listener.tokens()).isZero();
    }
  }

  @Test
  void whileItRuns() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener listener = new RecordingListener();
      AcceptedRequest generation = fixture.engine.submit(FakeRequests.text(4, 100), listener);
      fixture.backend.steps.release(5);
      await().until(() -> listener.tokens() == 6);
      generation.cancel();
      generation.cancel();
      // The step that has begun ends; there is no other.
      fixture.backend.steps.release(1);
      assertThat(listener.failure().reason()).isEqualTo(Reason.CANCELLED);
      fixture.awaitIdle();
      assertThat(fixture.backend.calls("step")).hasSizeLessThanOrEqualTo(6);
      assertThat(listener.ends()).isEqualTo(1);
    }
  }

  @Test
  void whileItsPictureWaitsToBeDrawn() {
    FakeBackend backend = new FakeBackend(4);
    AtomicReference<AcceptedRequest> generation = new AtomicReference<>();
    try (EngineFixture fixture = new EngineFixture(backend, EngineFixture.settings()).start()) {
      RecordingListener listener = new RecordingListener();
      backend.beforeDraw(
          () -> {
            await().until(() -> generation.get() != null);
            generation.get().cancel();
          });
      generation.set(fixture.engine.submit(FakeRequests.image(4, 4, 3, 0), listener));
      assertThat(listener.failure().reason()).isEqualTo(Reason.CANCELLED);
      fixture.awaitIdle();
      assertThat(backend.calls("draw")).hasSize(1);
    }
  }

  @Test
  void afterItsEndNothingHappens() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      RecordingListener listener = new RecordingListener();
      AcceptedRequest generation = fixture.engine.submit(FakeRequests.text(4, 3), listener);
      listener.result();
      generation.cancel();
      fixture.submit(FakeRequests.text(4, 3)).result();
      assertThat(listener.ends()).isEqualTo(1);
      fixture.awaitIdle();
    }
  }

  @Test
  void aListenerMayCancelInItsOwnCall() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      // the step after the first token waits for the listener
      fixture.backend.steps.drainPermits();
      AtomicReference<AcceptedRequest> generation = new AtomicReference<>();
      AtomicReference<EngineException> failure = new AtomicReference<>();
      RequestListener listener =
          new RequestListener() {
            @Override
            public void onToken(int index, GeneratedToken token) {
              await().until(() -> generation.get() != null);
              generation.get().cancel();
              fixture.backend.steps.release(1000);
            }

            @Override
            public void onCompleted() {}

            @Override
            public void onFailed(EngineException e) {
              failure.set(e);
            }
          };
      generation.set(fixture.engine.submit(FakeRequests.text(4, 100), listener));
      await().until(() -> failure.get() != null);
      assertThat(failure.get().reason()).isEqualTo(Reason.CANCELLED);
      fixture.awaitIdle();
    }
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void aRequestEndsAtItsDeadlineWaitingOrRunning(CapturedOutput output) {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      FakeBackend backend = fixture.backend;
      RecordingListener endless = new RecordingListener();
      AcceptedRequest generation = fixture.engine.submit(FakeRequests.text(4, 40_000, 2), endless);
      RecordingListener waiting =
          fixture.submit(FakeRequests.withTimeout(4, 5, Duration.ofMillis(20)));
      assertThat(waiting.failure().reason()).isEqualTo(Reason.DEADLINE);
      generation.cancel();
      endless.failure();
      RecordingListener running =
          fixture.submit(FakeRequests.withTimeout(4, 90_000, Duration.ofMillis(20)));
      assertThat(running.failure().reason()).isEqualTo(Reason.DEADLINE);
      fixture.awaitIdle();
      assertThat(backend.calls("step")).isNotEmpty();
      assertThat(output)
          .contains("is out of time; it waits for a slot, of which 2 of 2 are in use")
          .contains("is out of time; 1 of its 1 sequences run");
    }
  }
}
