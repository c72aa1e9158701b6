package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.EngineException.Reason;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;

/** A failure ends what it touches, is reported once, frees what was held, and the rest goes on. */
class EngineFailureTest {

  @Test
  void aFailedStepEndsItsBatchAndTheEngineGoesOn() {
    FakeBackend backend = new FakeBackend(4);
    try (EngineFixture fixture = new EngineFixture(backend, EngineFixture.settings()).start()) {
      backend.steps.drainPermits();
      RecordingListener first = fixture.submit(FakeRequests.text(4, 50));
      RecordingListener second = fixture.submit(FakeRequests.text(5, 50));
      await().until(() -> first.tokens() == 1);
      backend.steps.release(3);
      await().until(() -> second.tokens() > 1);
      failOnce(backend);
      backend.steps.release(1000);
      assertThat(first.failure().reason()).isEqualTo(Reason.FAILED);
      assertThat(second.failure().reason()).isEqualTo(Reason.FAILED);
      fixture.awaitIdle();
      // states that the failed step left unknown are not continued from
      assertThat(fixture.submit(FakeRequests.text(4, 5)).result()).isEqualTo(undisturbed());
      assertThat(fixture.submit(FakeRequests.text(4, 5, 2)).result().get(0))
          .isEqualTo(undisturbed().get(0));
      assertThat(fixture.engine.ready()).isTrue();
    }
  }

  private static Map<Integer, List<Integer>> undisturbed() {
    try (EngineFixture fixture = new EngineFixture(4).start()) {
      return fixture.submit(FakeRequests.text(4, 5)).result();
    }
  }

  private static void failOnce(FakeBackend backend) {
    AtomicBoolean failed = new AtomicBoolean();
    backend.beforeStep(
        () -> {
          if (failed.compareAndSet(false, true)) {
            throw new IllegalStateException("out of memory on the device");
          }
        });
  }

  @Test
  void aFailureOfOneTaskLeavesTheOtherAlone() {
    FakeBackend backend = new FakeBackend(4);
    try (EngineFixture fixture = new EngineFixture(backend, EngineFixture.settings()).start()) {
      RecordingListener text = new RecordingListener();
      backend.beforeDraw(
          () -> {
            throw new IllegalStateException("no picture");
          });
      fixture.engine.submit(FakeRequests.text(4, 50), text);
      RecordingListener image = fixture.submit(FakeRequests.image(4, 5, 1, 0));
      assertThat(image.failure().reason()).isEqualTo(Reason.FAILED);
      assertThat(text.result().get(0)).hasSize(50);
      fixture.awaitIdle();
    }
  }

  @Test
  void anErrorInTheTowersOrInPrefillEndsThatRequestAlone() {
    FakeBackend backend = new FakeBackend(4);
    try (EngineFixture fixture = new EngineFixture(backend, EngineFixture.settings()).start()) {
      backend.steps.drainPermits();
      RecordingListener running = fixture.submit(FakeRequests.text(4, 30));
      await().until(() -> running.tokens() == 1);
      backend.beforeLook(
          () -> {
            throw new OutOfMemoryError("injected");
          });
      AtomicInteger prefilled = new AtomicInteger();
      backend.beforePrefill(
          () -> {
            if (prefilled.incrementAndGet() == 1) {
              throw new IllegalStateException("injected");
            }
          });
      RecordingListener noTowers = fixture.submit(FakeRequests.aboutPicture(30, 3));
      RecordingListener noPrefill = fixture.submit(FakeRequests.text(6, 3));
      backend.steps.release(1000);
      assertThat(noTowers.failure().reason()).isEqualTo(Reason.FAILED);
      assertThat(noPrefill.failure().reason()).isEqualTo(Reason.FAILED);
      assertThat(running.result().get(0)).hasSize(30);
      fixture.awaitIdle();
    }
  }

  @Test
  void aSamplerThatThrowsEndsItsOwnRequest() {
    try (EngineFixture fixture = new EngineFixture(4).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener good = fixture.submit(FakeRequests.text(4, 10));
      RecordingListener bad =
          fixture.submit(
              withSequence(
                  (place, output, sampler) -> {
                    throw new IllegalStateException("a logit is NaN");
                  }));
      fixture.backend.steps.release(1000);
      assertThat(bad.failure().reason()).isEqualTo(Reason.FAILED);
      assertThat(good.result().get(0)).hasSize(10);
      fixture.awaitIdle();
      assertThat(fixture.engine.ready()).isTrue();
    }
  }

  @Test
  void aSequenceThatDoesNotStopIsStopped() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      RecordingListener endless =
          fixture.submit(
              withSequence(
                  (place, output, sampler) -> new GeneratedToken(place, 1, "", null, null)));
      assertThat(endless.failure().reason()).isEqualTo(Reason.FAILED);
      fixture.awaitIdle();
    }
  }

  private static GenerationRequest withSequence(FakeSequence.Source source) {
    return new GenerationRequest(
        "test",
        Requester.UNKNOWN,
        new PromptInput(Task.MMU, new int[] {1, 2, 3}, 3, null),
        List.of(new FakeSequence(3, source)),
        5,
        0,
        FakeRequests.TIMEOUT);
  }

  @Test
  void aListenerThatThrowsEndsItsOwnRequest() {
    aListenerThrows(
        () -> {
          throw new IllegalArgumentException("injected");
        });
    aListenerThrows(
        () -> {
          throw new StackOverflowError("injected");
        });
  }

  private static void aListenerThrows(Runnable thrower) {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      AtomicReference<EngineException> failure = new AtomicReference<>();
      AtomicBoolean completed = new AtomicBoolean();
      fixture.engine.submit(
          FakeRequests.text(4, 10),
          new RequestListener() {
            @Override
            public void onToken(int index, GeneratedToken token) {
              thrower.run();
            }

            @Override
            public void onCompleted() {
              completed.set(true);
            }

            @Override
            public void onFailed(EngineException e) {
              failure.set(e);
              thrower.run();
            }
          });
      await().until(() -> failure.get() != null);
      assertThat(failure.get().reason()).isEqualTo(Reason.FAILED);
      assertThat(fixture.submit(FakeRequests.text(4, 3)).result().get(0)).hasSize(3);
      fixture.awaitIdle();
      assertThat(completed).isFalse();
    }
  }

  @Test
  void afterSeveralFailuresTheEngineIsUnreadyUntilAProbeSucceeds() {
    FakeBackend backend = new FakeBackend(2);
    AtomicBoolean broken = new AtomicBoolean();
    backend.beforeProbe(() -> failIf(broken));
    try (EngineFixture fixture = new EngineFixture(backend, EngineFixture.settings()).start()) {
      backend.beforeStep(() -> failIf(broken));
      backend.beforePrefill(() -> failIf(broken));
      broken.set(true);
      for (int i = 0; i < 3; i++) {
        fixture.submit(FakeRequests.text(4, 5)).failure();
      }
      await().until(() -> fixture.engine.state() == EngineState.DEVICE_FAILED);
      assertThat(fixture.engine.ready()).isFalse();
      assertThatThrownBy(() -> fixture.submit(FakeRequests.text(4, 5)))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.NOT_READY);
                assertThat(e.retryAfter()).isNotNull();
              });
      broken.set(false);
      await().until(fixture.engine::ready);
      assertThat(fixture.submit(FakeRequests.text(4, 5)).result().get(0)).hasSize(5);
      fixture.awaitIdle();
    }
  }

  private static void failIf(AtomicBoolean broken) {
    if (broken.get()) {
      throw new IllegalStateException("injected");
    }
  }

  @Test
  void aStepThatHangsCostsReadiness() {
    FakeBackend backend = new FakeBackend(2);
    EngineSettings impatient =
        new EngineSettings(
            16, 4, 1000, 3, Duration.ofMillis(1), Duration.ofMillis(50), 0, EngineFixture.SHARES);
    try (EngineFixture fixture = new EngineFixture(backend, impatient).start()) {
      CountDownLatch hang = new CountDownLatch(1);
      backend.beforeStep(() -> await().forever().until(() -> hang.getCount() == 0));
      RecordingListener listener = fixture.submit(FakeRequests.text(4, 2));
      await().until(() -> !fixture.engine.ready());
      assertThat(fixture.engine.stalled()).isTrue();
      assertThatThrownBy(() -> fixture.submit(FakeRequests.text(4, 5)))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_READY));
      hang.countDown();
      assertThat(listener.result().get(0)).hasSize(2);
      await().until(fixture.engine::ready);
      fixture.awaitIdle();
    }
  }

  @Test
  void aModelThatCannotBeLoadedIsReportedAndRefusesRequests() {
    AtomicReference<Throwable> reported = new AtomicReference<>();
    Engine engine =
        new Engine(
            () -> {
              throw new IllegalArgumentException("the checkpoint lacks 3 tensors");
            },
            EngineFixture.settings(),
            new EngineMeters(new SimpleMeterRegistry()),
            System::nanoTime,
            reported::set);
    try (engine) {
      assertThatThrownBy(engine::requireReady)
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_READY));
      engine.start();
      await().until(() -> engine.state() == EngineState.LOAD_FAILED);
      await().untilAsserted(() -> assertThat(reported.get()).hasMessageContaining("3 tensors"));
      assertThat(engine.ready()).isFalse();
      assertThatThrownBy(engine::requireReady).isInstanceOf(EngineException.class);
    }
  }

  @Test
  void aModelWhoseFirstStepFailsIsNeverReady() {
    FakeBackend backend = new FakeBackend(2);
    backend.beforeProbe(
        () -> {
          throw new IllegalStateException("no kernel for this device");
        });
    try (EngineFixture fixture = new EngineFixture(backend, EngineFixture.settings())) {
      fixture.engine.start();
      await().until(() -> fixture.engine.state() == EngineState.LOAD_FAILED);
      assertThat(fixture.engine.ready()).isFalse();
      await().until(backend::closed);
    }
  }

  @Test
  void finishReasonsAreCounted() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      fixture
          .submit(
              withSequence(
                  (place, output, sampler) ->
                      new GeneratedToken(0, 1, "", null, FinishReason.STOP)))
          .result();
      assertThat(
              fixture
                  .registry
                  .get("omnimamba.request.success")
                  .tag("finished_reason", "stop")
                  .counter()
                  .count())
          .isEqualTo(1);
    }
  }
}
