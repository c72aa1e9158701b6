package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.config.Task;

/** Sequences join and leave between steps, and nobody's result depends on who else is there. */
class EngineBatchingTest {

  @Test
  void oneRequestIsPrefilledInChunksAndThenStepped() {
    try (EngineFixture fixture = new EngineFixture(4).start()) {
      Map<Integer, List<Integer>> result = fixture.submit(FakeRequests.text(40, 5)).result();
      assertThat(result.get(0)).hasSize(5);
      assertThat(fixture.backend.calls("prefill"))
          .containsExactly(
              "prefill 0..16 slot 0", "prefill 16..32 slot 0", "prefill 32..40 slot 0");
      // The first token comes from the prompt's logits, the last is not fed.
      assertThat(fixture.backend.calls("step")).hasSize(4);
      fixture.awaitIdle();
    }
  }

  @Test
  void requestsJoinARunningBatchAndLeaveIt() {
    try (EngineFixture fixture = new EngineFixture(4).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener first = fixture.submit(FakeRequests.text(10, 8));
      await().until(() -> first.tokens() == 1);
      RecordingListener second = fixture.submit(FakeRequests.text(12, 3));
      fixture.backend.steps.release(1000);
      first.result();
      second.result();
      assertThat(fixture.backend.calls("step MMU [0, 1]")).hasSize(2);
      assertThat(fixture.backend.calls("step MMU [0]")).hasSize(5);
      fixture.awaitIdle();
    }
  }

  @Test
  void resultsAreTheSameAloneAndInCompany() {
    List<Map<Integer, List<Integer>>> expected = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      try (EngineFixture fixture = new EngineFixture(3).start()) {
        expected.add(fixture.submit(mixed(i)).result());
      }
    }
    try (EngineFixture fixture = new EngineFixture(3).start()) {
      List<RecordingListener> listeners = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        listeners.add(fixture.submit(mixed(i)));
      }
      for (int i = 0; i < 12; i++) {
        assertThat(listeners.get(i).result()).as("request %d", i).isEqualTo(expected.get(i));
      }
      fixture.awaitIdle();
    }
  }

  @Test
  void aDeviceThatDrawsGivesSeveralTokensInOneCall() {
    Map<Integer, List<Integer>> expected;
    try (EngineFixture fixture = new EngineFixture(4).start()) {
      expected = fixture.submit(FakeRequests.drawnOnDevice(FakeRequests.text(10, 12))).result();
    }
    try (EngineFixture fixture = new EngineFixture(4)) {
      fixture.backend.tokensPerCall(4);
      fixture.start();
      RecordingListener listener =
          fixture.submit(FakeRequests.drawnOnDevice(FakeRequests.text(10, 12)));
      assertThat(listener.result()).isEqualTo(expected);
      // the first of twelve comes from the prompt, and of the last four one is not taken
      assertThat(fixture.backend.calls("4 tokens")).hasSize(3);
      assertThat(fixture.backend.calls("step")).hasSize(12);
      fixture.awaitIdle();
    }
  }

  @Test
  void aSequenceMayEndInsideACall() {
    try (EngineFixture fixture = new EngineFixture(4)) {
      fixture.backend.tokensPerCall(4);
      fixture.backend.steps.drainPermits();
      fixture.start();
      RecordingListener shorter =
          fixture.submit(FakeRequests.drawnOnDevice(FakeRequests.text(10, 3)));
      RecordingListener longer =
          fixture.submit(FakeRequests.drawnOnDevice(FakeRequests.text(12, 9)));
      fixture.backend.steps.release(1000);
      assertThat(shorter.result().get(0)).hasSize(3);
      assertThat(longer.result().get(0)).hasSize(9);
      fixture.awaitIdle();
    }
  }

  @Test
  void picturesThatEndTogetherAreDrawnInPairsAfterCallsOfFourTokens() {
    try (EngineFixture fixture = new EngineFixture(5)) {
      fixture.backend.tokensPerCall(4);
      fixture.backend.steps.drainPermits();
      fixture.start();
      RecordingListener text =
          fixture.submit(FakeRequests.drawnOnDevice(FakeRequests.text(10, 60)));
      await().until(() -> !fixture.backend.calls("4 tokens").isEmpty());
      RecordingListener pictures =
          fixture.submit(FakeRequests.drawnOnDevice(FakeRequests.image(10, 9, 4, 0)));
      fixture.backend.steps.release(1000);
      pictures.result();
      text.result();
      List<String> calls =
          fixture.backend.calls.stream()
              .filter(call -> call.startsWith("draw") || call.startsWith("4 tokens"))
              .toList();
      int first = calls.indexOf("draw 9");
      assertThat(calls.get(first - 1)).startsWith("4 tokens MMU+T2I");
      assertThat(calls.subList(first, first + 5))
          .containsExactly("draw 9", "draw 9", "4 tokens MMU [0]", "draw 9", "draw 9");
      fixture.awaitIdle();
    }
  }

  @Test
  void whoeverNeedsLogitsKeepsOthersAtOneTokenPerCall() {
    try (EngineFixture fixture = new EngineFixture(4)) {
      fixture.backend.tokensPerCall(4);
      fixture.backend.steps.drainPermits();
      fixture.start();
      RecordingListener drawn =
          fixture.submit(FakeRequests.drawnOnDevice(FakeRequests.text(10, 20)));
      RecordingListener sampled = fixture.submit(FakeRequests.text(12, 20));
      fixture.backend.steps.release(1000);
      drawn.result();
      sampled.result();
      assertThat(fixture.backend.calls("4 tokens MMU [0, 1]")).isEmpty();
      fixture.awaitIdle();
    }
  }

  private static GenerationRequest mixed(int i) {
    return i % 3 == 0
        ? FakeRequests.image(20 + i, 6 + i, 1 + i % 4, 2)
        : FakeRequests.text(5 * i + 1, 3 + i, 1 + i % 2);
  }

  @Test
  void bothTasksShareEveryStep() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener text = fixture.submit(FakeRequests.text(10, 10));
      RecordingListener image = fixture.submit(FakeRequests.image(10, 10, 1, 0));
      fixture.backend.steps.release(1000);
      text.result();
      image.result();
      // 9 steps each; at most the first of them runs alone, and so the last of the other
      assertThat(fixture.backend.calls("step MMU+T2I")).hasSizeGreaterThanOrEqualTo(8);
      assertThat(fixture.backend.calls("step")).hasSizeLessThanOrEqualTo(10);
    }
  }

  @Test
  void aLongPromptNeverHoldsUpTokensForMoreThanOneChunk() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener talking = fixture.submit(FakeRequests.text(4, 200));
      await().until(() -> talking.tokens() == 1);
      RecordingListener longPrompt = fixture.submit(FakeRequests.text(1000, 2));
      fixture.backend.steps.release(1000);
      talking.result();
      longPrompt.result();
      int prefilledSinceStep = 0;
      for (String call : fixture.backend.calls) {
        if (call.startsWith("prefill")) {
          prefilledSinceStep += chunk(call);
        } else if (call.startsWith("step")) {
          assertThat(prefilledSinceStep).isLessThanOrEqualTo(EngineFixture.CHUNK);
          prefilledSinceStep = 0;
        }
      }
      assertThat(fixture.backend.calls("prefill").size()).isGreaterThan(60);
    }
  }

  @Test
  void whileAPromptOf16kIsReadOthersGetATokenBehindEachOfItsPieces() {
    int chunk = 256;
    EngineSettings settings =
        new EngineSettings(
            chunk,
            8,
            100_000,
            3,
            Duration.ofMillis(1),
            Duration.ofMinutes(1),
            0,
            EngineFixture.SHARES);
    try (EngineFixture fixture = new EngineFixture(new FakeBackend(4), settings).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener text = fixture.submit(FakeRequests.text(4, 300));
      RecordingListener image = fixture.submit(FakeRequests.image(4, 300, 1, 0));
      fixture.backend.steps.release(2);
      await().until(() -> text.tokens() > 0 && image.tokens() > 0);
      fixture.backend.calls.clear();
      RecordingListener longPrompt = fixture.submit(FakeRequests.text(16_384, 2));
      fixture.backend.steps.release(10_000);
      longPrompt.result();
      text.result();
      image.result();
      List<String> calls = List.copyOf(fixture.backend.calls);
      int pieces = 0;
      int sinceStep = 0;
      for (String call : calls) {
        if (call.startsWith("prefill")) {
          assertThat(chunk(call)).isLessThanOrEqualTo(chunk);
          pieces++;
          sinceStep++;
          assertThat(sinceStep).as("pieces between two steps of others").isEqualTo(1);
        } else if (call.startsWith("step MMU+T2I")) {
          sinceStep = 0;
        }
      }
      assertThat(pieces).isEqualTo(16_384 / chunk);
      fixture.awaitIdle();
    }
  }

  private static int chunk(String call) {
    List<Integer> ends =
        Pattern.compile("(\\d+)\\.\\.(\\d+)")
            .matcher(call)
            .results()
            .flatMap(EngineBatchingTest::numbers)
            .toList();
    return ends.get(1) - ends.get(0);
  }

  private static java.util.stream.Stream<Integer> numbers(MatchResult match) {
    return java.util.stream.Stream.of(
        Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)));
  }

  @Test
  void shortPromptsShareOneIterationsBudget() {
    try (EngineFixture fixture = new EngineFixture(4).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener first = fixture.submit(FakeRequests.text(4, 20));
      await().until(() -> first.tokens() == 1);
      List<RecordingListener> others = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        others.add(fixture.submit(FakeRequests.text(5 + i, 2)));
      }
      fixture.backend.steps.release(1000);
      others.forEach(RecordingListener::result);
      first.result();
      // 5 + 6 of the 16 fit, 7 more do not: two of the three join in one iteration.
      assertThat(fixture.backend.calls("step MMU [0, 1, 2]")).isNotEmpty();
    }
  }

  @Test
  void aPictureInThePromptTakesAnIterationOfItsOwn() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      fixture.backend.steps.drainPermits();
      RecordingListener talking = fixture.submit(FakeRequests.text(4, 20));
      await().until(() -> talking.tokens() == 1);
      RecordingListener looking = fixture.submit(FakeRequests.aboutPicture(30, 2));
      fixture.backend.steps.release(1000);
      looking.result();
      talking.result();
      List<String> calls = List.copyOf(fixture.backend.calls);
      assertThat(calls.get(calls.indexOf("towers") + 1)).startsWith("step");
    }
  }

  @Test
  void picturesOfOnePromptShareOnePrefillAndDiffer() {
    try (EngineFixture fixture = new EngineFixture(4).start()) {
      RecordingListener listener = fixture.submit(FakeRequests.image(20, 8, 4, 0));
      Map<Integer, List<Integer>> ids = listener.result();
      assertThat(fixture.backend.calls("prefill")).hasSize(2);
      assertThat(fixture.backend.calls("copy")).hasSize(3);
      assertThat(ids.values()).hasSize(4).doesNotHaveDuplicates();
      assertThat(listener.images()).hasSize(4);
      fixture.awaitIdle();
    }
  }

  @Test
  void moreSequencesThanSlotsRunInTurns() {
    Map<Integer, List<Integer>> wide;
    try (EngineFixture fixture = new EngineFixture(12).start()) {
      wide = fixture.submit(FakeRequests.image(20, 8, 10, 0)).result();
    }
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      RecordingListener first = fixture.submit(FakeRequests.image(20, 8, 10, 0));
      RecordingListener second = fixture.submit(FakeRequests.text(20, 8, 5));
      RecordingListener third = fixture.submit(FakeRequests.image(20, 8, 3, 0));
      assertThat(first.result()).isEqualTo(wide);
      assertThat(second.result()).hasSize(5);
      assertThat(third.result()).hasSize(3);
      // One prompt each, however many turns it took.
      assertThat(fixture.backend.calls("prefill 0..")).hasSize(3);
      fixture.awaitIdle();
    }
  }

  @Test
  void partialPicturesDivideTheTokensEvenly() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      RecordingListener listener = fixture.submit(FakeRequests.image(20, 16, 1, 3));
      listener.result();
      assertThat(listener.partials()).containsExactly("0/0", "0/1", "0/2");
      assertThat(fixture.backend.calls("draw"))
          .containsExactly("draw 4", "draw 8", "draw 12", "draw 16");
    }
  }

  @Test
  void metersTellWhatHappened() {
    try (EngineFixture fixture = new EngineFixture(2).start()) {
      fixture.submit(FakeRequests.text(40, 5)).result();
      fixture.submit(FakeRequests.image(20, 8, 2, 0)).result();
      fixture.awaitIdle();
      assertThat(fixture.registry.get("omnimamba.prompt.tokens").counter().count()).isEqualTo(60);
      assertThat(tokens(fixture, Task.MMU)).isEqualTo(5);
      assertThat(tokens(fixture, Task.T2I)).isEqualTo(16);
      assertThat(fixture.registry.get("omnimamba.images").counter().count()).isEqualTo(2);
      assertThat(fixture.registry.get("omnimamba.time.to.first.token").timer().count())
          .isEqualTo(2);
      assertThat(fixture.registry.get("omnimamba.request.queue.time").timer().count()).isEqualTo(2);
      assertThat(fixture.registry.get("omnimamba.inter.token.latency").timer().count())
          .isEqualTo(4 + 14);
      assertThat(fixture.registry.get("omnimamba.slots").gauge().value()).isEqualTo(2);
      assertThat(
              fixture
                  .registry
                  .get("omnimamba.request.success")
                  .tag("finished_reason", "length")
                  .counter()
                  .count())
          .isEqualTo(3);
    }
  }

  private static double tokens(EngineFixture fixture, Task task) {
    return fixture
        .registry
        .get("omnimamba.generation.tokens")
        .tag("task", task.key())
        .counter()
        .count();
  }
}
