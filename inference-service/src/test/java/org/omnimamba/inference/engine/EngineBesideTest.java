package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.omnimamba.inference.engine.FakeRequests.PICTURE_END;
import static org.omnimamba.inference.engine.FakeRequests.aboutPicture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.EngineException.Reason;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.image.RgbImage;

/**
 * Towers and pixels in a second thread: nothing waits for them that need not, and nothing else
 * changes.
 */
class EngineBesideTest {
  private static final int PROMPT = 40;

  private final FakeBackend backend = new FakeBackend(4, 2);

  private EngineFixture start() {
    return start(EngineFixture.settings());
  }

  private EngineFixture start(EngineSettings settings) {
    backend.beside();
    return new EngineFixture(backend, settings).start();
  }

  private static void block(CountDownLatch until) {
    await().forever().until(() -> until.getCount() == 0);
  }

  @Test
  void stepsGoOnWhileTheTowersLookAndPixelsAreDrawn() {
    try (EngineFixture fixture = start()) {
      RecordingListener talking = new RecordingListener();
      backend.steps.drainPermits();
      AcceptedRequest endless = fixture.engine.submit(FakeRequests.text(4, 50_000), talking);
      backend.beforeLook(() -> awaitTokens(talking));
      backend.beforeDraw(() -> awaitTokens(talking));
      stepUntilEnd(fixture.submit(aboutPicture(1, PROMPT, 5, 1))).result();
      stepUntilEnd(fixture.submit(FakeRequests.image(10, 9, 1, 0))).result();
      endless.cancel();
      backend.steps.release(1);
      assertThat(talking.failure().reason()).isEqualTo(Reason.CANCELLED);
      fixture.awaitIdle();
    }
  }

  /** A few steps for each look at the listener, so that they never run far ahead of the test. */
  private RecordingListener stepUntilEnd(RecordingListener listener) {
    await()
        .until(
            () -> {
              backend.steps.release(5);
              return listener.ends() == 1;
            });
    return listener;
  }

  private static void awaitTokens(RecordingListener talking) {
    int before = talking.tokens();
    await().until(() -> talking.tokens() > before + 3);
  }

  @Test
  void resultsAreThoseOfOneThread() {
    List<Map<Integer, List<Integer>>> expected = new ArrayList<>();
    List<Map<Integer, RgbImage>> pictures = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      try (EngineFixture alone = new EngineFixture(4).start()) {
        RecordingListener listener = alone.submit(mixed(i));
        expected.add(listener.result());
        pictures.add(listener.images());
      }
    }
    try (EngineFixture fixture = start()) {
      List<RecordingListener> listeners = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        listeners.add(fixture.submit(mixed(i)));
      }
      for (int i = 0; i < 20; i++) {
        assertThat(listeners.get(i).result()).as("request %d", i).isEqualTo(expected.get(i));
        assertThat(listeners.get(i).images()).as("pictures of %d", i).isEqualTo(pictures.get(i));
        assertThat(listeners.get(i).ends()).isEqualTo(1);
      }
      fixture.awaitIdle();
    }
  }

  private static GenerationRequest mixed(int i) {
    return switch (i % 3) {
      case 0 -> aboutPicture(i % 5, PROMPT + i % 4, 3 + i, 1 + i % 2);
      case 1 -> FakeRequests.image(20 + i, 6 + i, 1 + i % 3, 2);
      default -> FakeRequests.text(5 * i + 1, 3 + i, 1 + i % 2);
    };
  }

  @Test
  void otherPromptsAreReadWhileTheTowersLook() {
    CountDownLatch released = new CountDownLatch(1);
    backend.beforeLook(() -> block(released));
    try (EngineFixture fixture = start()) {
      RecordingListener looking = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      assertThat(fixture.submit(FakeRequests.text(20, 5)).result().get(0)).hasSize(5);
      assertThat(looking.tokens()).isZero();
      released.countDown();
      assertThat(looking.result().get(0)).hasSize(5);
      fixture.awaitIdle();
    }
  }

  @Test
  void twoQuestionsOnANewPictureAtOnceReadItOnce() {
    CountDownLatch released = new CountDownLatch(1);
    backend.beforeLook(() -> block(released));
    try (EngineFixture fixture = start()) {
      RecordingListener first = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      RecordingListener second = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      fixture.submit(FakeRequests.text(20, 5)).result();
      released.countDown();
      assertThat(second.result()).isEqualTo(first.result());
      assertThat(first.cachedTokens()).isZero();
      assertThat(second.cachedTokens()).isEqualTo(PICTURE_END);
      assertThat(backend.calls("towers")).hasSize(1);
      fixture.awaitIdle();
    }
  }

  @Test
  void aPictureIsTheCallersWhileTheNextStepStillRuns() {
    try (EngineFixture fixture = start()) {
      backend.steps.drainPermits();
      RecordingListener talking = fixture.submit(FakeRequests.text(4, 30));
      await().until(() -> talking.tokens() == 1);
      RecordingListener drawing = fixture.submit(FakeRequests.image(10, 3, 1, 0));
      backend.steps.release(1);
      await().until(() -> drawing.tokens() == 1);
      backend.steps.release(2);
      // its two steps are over, and the next one has no permit
      assertThat(drawing.result().get(0)).hasSize(3);
      assertThat(drawing.images()).hasSize(1);
      assertThat(talking.ends()).isZero();
      backend.steps.release(1000);
      talking.result();
      fixture.awaitIdle();
    }
  }

  @Test
  void cancelledInTheTowersItEndsAtOnceAndItsPlaceIsNobodysUntilTheyReturn() {
    Map<Integer, List<Integer>> expected;
    try (EngineFixture plain = new EngineFixture(4).start()) {
      expected = plain.submit(aboutPicture(2, PROMPT, 5, 1)).result();
    }
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    backend.beforeLook(
        () -> {
          begun.countDown();
          block(released);
        });
    try (EngineFixture fixture = start()) {
      RecordingListener listener = new RecordingListener();
      AcceptedRequest looking = fixture.engine.submit(aboutPicture(1, PROMPT, 5, 2), listener);
      await().until(() -> begun.getCount() == 0);
      await().until(EngineBesideTest::engineWaits);
      looking.cancel();
      assertThat(listener.failure().reason()).isEqualTo(Reason.CANCELLED);
      List<RecordingListener> others = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        others.add(fixture.submit(aboutPicture(2, PROMPT, 5, 1)));
      }
      released.countDown();
      others.forEach(other -> assertThat(other.result()).isEqualTo(expected));
      assertThat(listener.ends()).isEqualTo(1);
      assertThat(listener.tokens()).isZero();
      fixture.awaitIdle();
    }
  }

  @Test
  void cancelledWhileItsPictureIsDrawnItEndsAtOnce() {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    backend.beforeDraw(
        () -> {
          begun.countDown();
          block(released);
        });
    try (EngineFixture fixture = start()) {
      RecordingListener listener = new RecordingListener();
      AcceptedRequest drawing = fixture.engine.submit(FakeRequests.image(10, 3, 1, 0), listener);
      await().until(() -> begun.getCount() == 0);
      await().until(EngineBesideTest::engineWaits);
      drawing.cancel();
      assertThat(listener.failure().reason()).isEqualTo(Reason.CANCELLED);
      fixture.awaitIdle();
      released.countDown();
      fixture.submit(FakeRequests.image(10, 3, 1, 0)).result();
      assertThat(listener.images()).isEmpty();
      assertThat(listener.ends()).isEqualTo(1);
    }
  }

  @Test
  void aDeadlineIsKeptThoughTheTowersDoNotReturn() {
    CountDownLatch released = new CountDownLatch(1);
    backend.beforeLook(() -> block(released));
    try (EngineFixture fixture = start()) {
      GenerationRequest request = aboutPicture(1, PROMPT, 5, 1);
      RecordingListener listener =
          fixture.submit(
              new GenerationRequest(
                  request.id(),
                  request.requester(),
                  request.prompt(),
                  request.sequences(),
                  request.maxTokens(),
                  0,
                  Duration.ofMillis(20)));
      assertThat(listener.failure().reason()).isEqualTo(Reason.DEADLINE);
      fixture.awaitIdle();
      released.countDown();
      assertThat(fixture.submit(aboutPicture(1, PROMPT, 5, 1)).result().get(0)).hasSize(5);
      fixture.awaitIdle();
    }
  }

  @Test
  void aFailureBesideEndsItsOwnRequestAndSeveralCostReadiness() {
    AtomicBoolean broken = new AtomicBoolean(true);
    backend.beforeLook(() -> failIf(broken));
    backend.beforeDraw(() -> failIf(broken));
    try (EngineFixture fixture = start()) {
      backend.beforeProbe(() -> failIf(broken));
      RecordingListener talking = fixture.submit(FakeRequests.text(4, 500));
      assertThat(fixture.submit(aboutPicture(1, PROMPT, 5, 1)).failure().reason())
          .isEqualTo(Reason.FAILED);
      assertThat(fixture.submit(FakeRequests.image(10, 3, 1, 0)).failure().reason())
          .isEqualTo(Reason.FAILED);
      assertThat(talking.result().get(0)).hasSize(500);
      await().until(() -> isFailedAfterOneMore(fixture));
      broken.set(false);
      await().until(fixture.engine::ready);
      assertThat(fixture.submit(aboutPicture(1, PROMPT, 5, 1)).result().get(0)).hasSize(5);
      fixture.awaitIdle();
    }
  }

  /** Steps that succeed between failures set their count back, so how many it takes may differ. */
  private static boolean isFailedAfterOneMore(EngineFixture fixture) {
    try {
      fixture.submit(aboutPicture(1, PROMPT, 5, 1)).failure();
    } catch (EngineException refused) {
      // the device is being checked already
    }
    return fixture.engine.state() == EngineState.DEVICE_FAILED;
  }

  private static void failIf(AtomicBoolean broken) {
    if (broken.get()) {
      throw new IllegalStateException("injected");
    }
  }

  @Test
  void theModelIsClosedAfterTheCallThatIsGoingOn() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    backend.beforeLook(() -> block(released));
    try (EngineFixture fixture = start()) {
      RecordingListener looking = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      RecordingListener next = fixture.submit(aboutPicture(2, PROMPT, 5, 1));
      FutureTask<Boolean> shutdown =
          new FutureTask<>(() -> fixture.engine.shutdown(Duration.ofMillis(1)));
      new Thread(shutdown).start();
      assertThat(looking.failure().reason()).isEqualTo(Reason.SHUTTING_DOWN);
      assertThat(next.failure().reason()).isEqualTo(Reason.SHUTTING_DOWN);
      assertThat(backend.closed()).isFalse();
      released.countDown();
      assertThat(shutdown.get()).isTrue();
      assertThat(backend.closed()).isTrue();
      // the second one's was not begun
      assertThat(backend.calls("towers")).hasSize(1);
    }
  }

  @Test
  void whileItsTowersHangTheEngineWaitsAndIsUnready() {
    EngineSettings impatient =
        new EngineSettings(
            16, 4, 1000, 3, Duration.ofMillis(1), Duration.ofMillis(50), 0, EngineFixture.SHARES);
    CountDownLatch released = new CountDownLatch(1);
    backend.beforeLook(() -> block(released));
    try (EngineFixture fixture = start(impatient)) {
      RecordingListener looking = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      await().until(() -> !fixture.engine.ready());
      assertThatThrownBy(() -> fixture.submit(FakeRequests.text(4, 5)))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_READY));
      await().until(EngineBesideTest::engineWaits);
      released.countDown();
      assertThat(looking.result().get(0)).hasSize(5);
      await().until(fixture.engine::ready);
      fixture.awaitIdle();
    }
  }

  private static boolean engineWaits() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("omnimamba-engine"))
        .anyMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING);
  }

  @Test
  void aListenerThatIsSlowHoldsNoStepUp() {
    CountDownLatch released = new CountDownLatch(1);
    try (EngineFixture fixture = start()) {
      fixture.engine.submit(
          FakeRequests.text(4, 30),
          new RequestListener() {
            @Override
            public void onToken(int index, GeneratedToken token) {
              block(released);
            }

            @Override
            public void onCompleted() {}

            @Override
            public void onFailed(EngineException failure) {}
          });
      await().until(() -> backend.calls("step").size() == 29);
      released.countDown();
      fixture.awaitIdle();
    }
  }
}
