package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.omnimamba.inference.engine.FakeBackend.STATE_BYTES;
import static org.omnimamba.inference.engine.FakeRequests.PICTURE_END;
import static org.omnimamba.inference.engine.FakeRequests.aboutPicture;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.EngineException.Reason;

/**
 * Another question on a picture skips it, gets what it would get anyway, and costs what it costs.
 */
class EnginePictureTest {
  private static final int PROMPT = 40;
  private final FakeBackend backend = new FakeBackend(3, 2);

  private EngineFixture start(FakeBackend model, long hostBytes) {
    return new EngineFixture(model, EngineFixture.settings(hostBytes)).start();
  }

  @Test
  void thePromptIsCutAtThePicturesEndWhetherItsStateIsKeptOrNot() {
    try (EngineFixture fixture = start(backend, 0)) {
      RecordingListener cold = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      cold.result();
      assertThat(backend.calls("prefill"))
          .containsExactly(
              "prefill 0..16 slot 0",
              "prefill 16..23 slot 0",
              "prefill 23..32 slot 0",
              "prefill 32..40 slot 0");
      backend.calls.clear();
      RecordingListener warm = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      assertThat(warm.result()).isEqualTo(cold.result());
      assertThat(backend.calls)
          .startsWith("copy 3 to 0", "prefill 23..32 slot 0")
          .doesNotContain("towers");
      assertThat(cold.cachedTokens()).isZero();
      assertThat(warm.cachedTokens()).isEqualTo(PICTURE_END);
      fixture.awaitIdle();
    }
    FakeBackend without = new FakeBackend(3);
    try (EngineFixture fixture = start(without, 0)) {
      fixture.submit(aboutPicture(1, PROMPT, 5, 1)).result();
      assertThat(without.calls("prefill")).hasSize(4);
    }
  }

  @Test
  void resultsAreTheSameFromEveryPlaceAndCountedThere() {
    Map<Integer, List<Integer>> expected;
    try (EngineFixture plain = start(new FakeBackend(3), 0)) {
      expected = plain.submit(aboutPicture(1, PROMPT, 5, 3)).result();
    }
    try (EngineFixture fixture = start(backend, 10 * STATE_BYTES)) {
      assertThat(fixture.submit(aboutPicture(1, PROMPT, 5, 3)).result()).isEqualTo(expected);
      assertThat(fixture.submit(aboutPicture(1, PROMPT, 5, 3)).result()).isEqualTo(expected);
      fixture.submit(aboutPicture(2, PROMPT, 5, 1)).result();
      fixture.submit(aboutPicture(3, PROMPT, 5, 1)).result();
      RecordingListener fromHost = fixture.submit(aboutPicture(1, PROMPT, 5, 3));
      assertThat(fromHost.result()).isEqualTo(expected);
      assertThat(fromHost.cachedTokens()).isEqualTo(PICTURE_END);
      assertThat(fixture.submit(aboutPicture(1, PROMPT, 5, 3)).result()).isEqualTo(expected);
      fixture.awaitIdle();
      assertThat(lookups(fixture, "miss")).isEqualTo(3);
      assertThat(lookups(fixture, "device")).isEqualTo(2);
      assertThat(lookups(fixture, "host")).isEqualTo(1);
      assertThat(fixture.registry.get("omnimamba.prompt.tokens.cached").counter().count())
          .isEqualTo(3 * PICTURE_END);
      assertThat(fixture.registry.get("omnimamba.prompt.tokens").counter().count())
          .isEqualTo(6 * PROMPT - 3 * PICTURE_END);
      assertThat(fixture.registry.get("omnimamba.picture.states").gauge().value()).isEqualTo(2);
      assertThat(fixture.registry.get("omnimamba.picture.host.bytes").gauge().value())
          .isEqualTo(2.0 * STATE_BYTES);
    }
  }

  private static double lookups(EngineFixture fixture, String result) {
    return fixture
        .registry
        .get("omnimamba.picture.lookups")
        .tag("result", result)
        .counter()
        .count();
  }

  @Test
  void twoQuestionsOnANewPictureAtOnceReadItOnce() {
    try (EngineFixture fixture = start(backend, 0)) {
      backend.steps.drainPermits();
      RecordingListener talking = fixture.submit(FakeRequests.text(4, 30));
      await().until(() -> talking.tokens() == 1);
      RecordingListener first = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      RecordingListener second = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      backend.steps.release(1000);
      assertThat(second.result()).isEqualTo(first.result());
      assertThat(first.cachedTokens()).isZero();
      assertThat(second.cachedTokens()).isEqualTo(PICTURE_END);
      talking.result();
      fixture.awaitIdle();
    }
  }

  @Test
  void skippedPositionsAreNotOwedAnyMore() {
    try (EngineFixture fixture = start(backend, 0)) {
      fixture.submit(aboutPicture(1, PROMPT, 5, 1)).result();
      fixture.awaitIdle();
      AtomicLong owed = new AtomicLong();
      backend.beforePrefill(
          () -> owed.compareAndSet(0, fixture.engine.status().outstandingTokens()));
      fixture.submit(aboutPicture(1, PROMPT, 5, 1)).result();
      assertThat(owed).hasValue(PROMPT - PICTURE_END + 5);
      fixture.awaitIdle();
    }
  }

  @Test
  void aFailedDeviceCallLeavesNoStateBehindOnTheDevice() {
    try (EngineFixture fixture = start(backend, 0)) {
      Map<Integer, List<Integer>> expected = fixture.submit(aboutPicture(1, PROMPT, 5, 1)).result();
      AtomicBoolean broken = new AtomicBoolean(true);
      backend.beforeStep(() -> failIf(broken));
      assertThat(fixture.submit(FakeRequests.text(4, 5)).failure().reason())
          .isEqualTo(Reason.FAILED);
      broken.set(false);
      RecordingListener again = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      assertThat(again.result()).isEqualTo(expected);
      assertThat(again.cachedTokens()).isZero();
      fixture.awaitIdle();
    }
  }

  @Test
  void whateverFailsOnTheWayTheNextQuestionGetsTheRightAnswer() {
    Map<Integer, List<Integer>> expected;
    try (EngineFixture plain = start(new FakeBackend(3), 0)) {
      expected = plain.submit(aboutPicture(1, PROMPT, 5, 1)).result();
    }
    try (EngineFixture fixture = start(backend, 10 * STATE_BYTES)) {
      AtomicBoolean broken = new AtomicBoolean();
      backend.beforeCopy(() -> failIf(broken));
      backend.beforeRestore(() -> failIf(broken));
      broken.set(true);
      // the copy into the spare slot
      assertThat(fixture.submit(aboutPicture(1, PROMPT, 5, 1)).failure().reason())
          .isEqualTo(Reason.FAILED);
      broken.set(false);
      assertThat(fixture.submit(aboutPicture(1, PROMPT, 5, 1)).result()).isEqualTo(expected);
      broken.set(true);
      // the copy out of it
      assertThat(fixture.submit(aboutPicture(1, PROMPT, 5, 1)).failure().reason())
          .isEqualTo(Reason.FAILED);
      broken.set(false);
      assertThat(fixture.submit(aboutPicture(1, PROMPT, 5, 1)).result()).isEqualTo(expected);
      fixture.submit(aboutPicture(2, PROMPT, 5, 1)).result();
      fixture.submit(aboutPicture(3, PROMPT, 5, 1)).result();
      broken.set(true);
      // the way back from host memory
      assertThat(fixture.submit(aboutPicture(1, PROMPT, 5, 1)).failure().reason())
          .isEqualTo(Reason.FAILED);
      broken.set(false);
      assertThat(fixture.submit(aboutPicture(1, PROMPT, 5, 1)).result()).isEqualTo(expected);
      fixture.awaitIdle();
      assertThat(fixture.engine.ready()).isTrue();
    }
  }

  private static void failIf(AtomicBoolean broken) {
    if (broken.get()) {
      throw new IllegalStateException("injected");
    }
  }

  @Test
  void cancelledOnTheWayBackFromHostMemoryItHoldsNothing() {
    AtomicReference<AcceptedRequest> generation = new AtomicReference<>();
    try (EngineFixture fixture = start(new FakeBackend(3), 10 * STATE_BYTES)) {
      fixture.submit(aboutPicture(1, PROMPT, 5, 1)).result();
      fixture.backend.calls.clear();
      fixture.backend.beforeRestore(
          () -> {
            await().until(() -> generation.get() != null);
            generation.get().cancel();
          });
      RecordingListener listener = new RecordingListener();
      generation.set(fixture.engine.submit(aboutPicture(1, PROMPT, 5, 2), listener));
      assertThat(listener.failure().reason()).isEqualTo(Reason.CANCELLED);
      fixture.awaitIdle();
      assertThat(fixture.backend.calls("prefill")).isEmpty();
      assertThat(listener.ends()).isEqualTo(1);
    }
  }

  @Test
  void cancelledWhileItsPictureIsReadItKeepsNothingAndTheNextOneReadsIt() {
    AtomicReference<AcceptedRequest> generation = new AtomicReference<>();
    try (EngineFixture fixture = start(backend, 0)) {
      backend.beforeLook(
          () -> {
            await().until(() -> generation.get() != null);
            generation.get().cancel();
          });
      RecordingListener first = new RecordingListener();
      generation.set(fixture.engine.submit(aboutPicture(1, PROMPT, 5, 1), first));
      assertThat(first.failure().reason()).isEqualTo(Reason.CANCELLED);
      fixture.awaitIdle();
      RecordingListener second = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      second.result();
      assertThat(second.cachedTokens()).isZero();
      fixture.awaitIdle();
    }
  }

  @Test
  void aDeadlineThatPassesInTheTowersFreesEverything() {
    AtomicLong now = new AtomicLong();
    try (EngineFixture fixture =
        new EngineFixture(backend, EngineFixture.settings(), now::get).start()) {
      backend.beforeLook(() -> now.addAndGet(FakeRequests.TIMEOUT.toNanos()));
      RecordingListener listener = fixture.submit(aboutPicture(1, PROMPT, 5, 2));
      assertThat(listener.failure().reason()).isEqualTo(Reason.DEADLINE);
      fixture.awaitIdle();
      assertThat(backend.calls("prefill")).isEmpty();
    }
  }

  @Test
  void betweenTwoStepsThereIsOneChunkOrOnePictureOrOneWayFromHostMemory() {
    try (EngineFixture fixture = start(new FakeBackend(4), 10 * STATE_BYTES)) {
      fixture.submit(aboutPicture(1, PROMPT, 2, 1)).result();
      fixture.awaitIdle();
      FakeBackend model = fixture.backend;
      model.calls.clear();
      model.steps.drainPermits();
      RecordingListener talking = fixture.submit(FakeRequests.text(4, 100));
      await().until(() -> talking.tokens() == 1);
      List<RecordingListener> others =
          List.of(
              fixture.submit(FakeRequests.text(10, 2)),
              fixture.submit(aboutPicture(2, PROMPT, 2, 1)),
              fixture.submit(aboutPicture(1, PROMPT, 2, 1)));
      model.steps.release(1000);
      others.forEach(RecordingListener::result);
      talking.result();
      assertWorkBetweenSteps(
          model.calls.subList(model.calls.indexOf("step MMU [0]"), model.calls.size()));
      assertThat(model.calls("restore")).hasSize(1);
      fixture.awaitIdle();
    }
  }

  private static void assertWorkBetweenSteps(List<String> calls) {
    int pieces = 0;
    boolean slow = false;
    for (String call : calls) {
      if (call.startsWith("step")) {
        pieces = 0;
        slow = false;
      } else if (call.startsWith("prefill")) {
        pieces++;
        assertThat(slow).as(call).isFalse();
      } else if (call.equals("towers") || call.startsWith("restore")) {
        assertThat(slow).as(call).isFalse();
        assertThat(pieces).as(call).isZero();
        slow = true;
      }
    }
  }

  @Test
  void aStateWithoutNumbersIsNotKept() {
    backend.numberlessAt(PICTURE_END);
    try (EngineFixture fixture = start(backend, 0)) {
      fixture.submit(aboutPicture(1, PROMPT, 5, 1)).result();
      backend.numbersEverywhere();
      RecordingListener second = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      second.result();
      assertThat(second.cachedTokens()).isZero();
      RecordingListener third = fixture.submit(aboutPicture(1, PROMPT, 5, 1));
      third.result();
      assertThat(third.cachedTokens()).isEqualTo(PICTURE_END);
      fixture.awaitIdle();
    }
  }
}
