package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.EngineState;
import org.omnimamba.inference.engine.FakeBackend;

/** A service that stops finishes what it has begun. */
class ShutdownTest {

  @Test
  void runningStreamsAndAnswersAreFinished() {
    FakeBackend backend = new FakeBackend(2, 208, 128);
    TestServer server = TestServer.startWith(backend).awaitReady();
    backend.steps.drainPermits();
    CompletableFuture<HttpResponse<String>> stream =
        server.sendAsync(server.post("/v1/chat/completions", chat(true)));
    CompletableFuture<HttpResponse<String>> whole =
        server.sendAsync(server.post("/v1/chat/completions", chat(false)));
    await().until(() -> server.engine().status().sequences() == 2);
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
    await().until(() -> server.engine().state() == EngineState.DRAINING);
    assertThat(stopped).isNotDone();
    backend.steps.release(1_000);
    List<Sse.Event> events = Sse.events(stream.join());
    assertThat(events.get(events.size() - 1).data()).isEqualTo("[DONE]");
    assertThat(whole.join().statusCode()).isEqualTo(200);
    stopped.join();
    assertThat(backend.closed()).isTrue();
  }

  @Test
  void whatDoesNotFinishWithinTheGracePeriodIsToldSo() {
    FakeBackend backend = new FakeBackend(2, 208, 128);
    TestServer server =
        TestServer.startWith(backend, "omnimamba.inference.grace-period=100ms").awaitReady();
    backend.steps.drainPermits();
    CompletableFuture<HttpResponse<String>> whole =
        server.sendAsync(server.post("/v1/chat/completions", chat(false)));
    await().until(() -> server.engine().status().sequences() == 1);
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
    await().until(() -> server.engine().state() == EngineState.DRAINING);
    await()
        .pollDelay(Duration.ofSeconds(3))
        .until(
            () -> {
              // steps go on only when the grace period is long over
              backend.steps.release(1);
              return whole.isDone();
            });
    stopped.join();
    assertThat(backend.closed()).isTrue();
    assertThat(whole.join().statusCode()).isEqualTo(503);
    assertThat(whole.join().body()).contains("shutting_down");
  }

  private static String chat(boolean stream) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":500,\"stream\":%s}"
        .formatted(stream);
  }
}
