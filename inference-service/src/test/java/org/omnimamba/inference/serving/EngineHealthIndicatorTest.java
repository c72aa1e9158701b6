package org.omnimamba.inference.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.Engine;
import org.omnimamba.inference.engine.EngineException;
import org.omnimamba.inference.engine.EngineMeters;
import org.omnimamba.inference.engine.EngineSettings;
import org.omnimamba.inference.engine.FakeBackend;
import org.omnimamba.inference.engine.FakeSequence;
import org.omnimamba.inference.engine.GenerationRequest;
import org.omnimamba.inference.engine.PromptInput;
import org.omnimamba.inference.engine.RequestListener;
import org.omnimamba.inference.engine.Requester;
import org.omnimamba.inference.engine.Shares;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** Readiness follows the engine, and is lost when a device call does not return. */
class EngineHealthIndicatorTest {
  private static final Duration STALL_LIMIT = Duration.ofSeconds(60);

  private final AtomicLong now = new AtomicLong();
  private final FakeBackend backend = new FakeBackend(2, 64, 64);
  private final Engine engine =
      new Engine(
          () -> backend,
          new EngineSettings(
              16, 4, 1000, 3, Duration.ofSeconds(5), STALL_LIMIT, 0, new Shares(0.75, 0.25)),
          new EngineMeters(new SimpleMeterRegistry()),
          now::get,
          failure -> {});
  private final EngineHealthIndicator indicator = new EngineHealthIndicator(engine);

  @Test
  void aCallThatDoesNotReturnCostsReadinessAfterTheStallLimitAndNoEarlier() {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch hang = new CountDownLatch(1);
    backend.beforeStep(
        () -> {
          entered.countDown();
          await().forever().until(() -> hang.getCount() == 0);
        });
    try (engine) {
      assertThat(indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
      engine.start();
      await().until(engine::ready);
      CompletableFuture<Void> end = submit();
      await().until(() -> entered.getCount() == 0);
      assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
      now.addAndGet(STALL_LIMIT.toNanos());
      assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
      now.addAndGet(2);
      Health hung = indicator.health();
      assertThat(hung.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
      assertThat(hung.getDetails()).containsEntry("stalled", true);
      hang.countDown();
      end.join();
      await().until(() -> indicator.health().getStatus().equals(Status.UP));
      // waiting for work is no stall, however long it takes
      now.addAndGet(100 * STALL_LIMIT.toNanos());
      assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
    }
  }

  private CompletableFuture<Void> submit() {
    CompletableFuture<Void> end = new CompletableFuture<>();
    engine.submit(
        new GenerationRequest(
            "hangs",
            Requester.UNKNOWN,
            new PromptInput(Task.MMU, new int[] {1, 2, 3}, 3, null),
            List.of(
                new FakeSequence(
                    3,
                    (place, output, sampler) ->
                        new GeneratedToken(
                            place, 1, "", null, place == 2 ? FinishReason.LENGTH : null))),
            3,
            0,
            Duration.ofHours(1)),
        new RequestListener() {
          @Override
          public void onToken(int index, GeneratedToken token) {}

          @Override
          public void onCompleted() {
            end.complete(null);
          }

          @Override
          public void onFailed(EngineException failure) {
            end.completeExceptionally(failure);
          }
        });
    return end;
  }
}
