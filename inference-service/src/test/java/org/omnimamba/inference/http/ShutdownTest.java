package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.EngineState;
import org.omnimamba.inference.engine.FakeBackend;
import tools.jackson.databind.JsonNode;

/** A service that stops finishes what it has begun, or says that it cannot. */
class ShutdownTest {
  private static final String CHAT = "/v1/chat/completions";

  private final FakeBackend backend = new FakeBackend(2, 208, 128);

  private TestServer start(String... properties) {
    return TestServer.startWith(backend, properties).awaitReady();
  }

  /** Begins to stop the service, which goes on in the background. */
  private static CompletableFuture<Void> stop(TestServer server) {
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
    await().until(() -> server.engine().state() == EngineState.DRAINING);
    return stopped;
  }

  @Test
  void runningStreamsAndAnswersAreFinished() {
    TestServer server = start();
    backend.steps.drainPermits();
    CompletableFuture<HttpResponse<String>> stream =
        server.sendAsync(server.post(CHAT, chat(true)));
    CompletableFuture<HttpResponse<String>> whole =
        server.sendAsync(server.post(CHAT, chat(false)));
    await().until(() -> server.engine().status().sequences() == 2);
    CompletableFuture<Void> stopped = stop(server);
    assertThat(stopped).isNotDone();
    backend.steps.release(1_000);
    List<Sse.Event> events = Sse.events(stream.join());
    assertThat(events.get(events.size() - 1).data()).isEqualTo("[DONE]");
    assertThat(whole.join().statusCode()).isEqualTo(200);
    stopped.join();
    assertThat(backend.closed()).isTrue();
  }

  @Test
  void whileItFinishesItIsUnreadyAndRefusesNewRequests() {
    TestServer server = start();
    backend.steps.drainPermits();
    CompletableFuture<HttpResponse<String>> running =
        server.sendAsync(server.post(CHAT, chat(false)));
    await().until(() -> server.engine().status().sequences() == 1);
    CompletableFuture<Void> stopped = stop(server);
    assertThat(server.get("/readyz").statusCode()).isEqualTo(503);
    assertThat(server.get("/livez").statusCode()).isEqualTo(200);
    HttpRequest probe =
        HttpRequest.newBuilder(server.managementUri("/actuator/health/readiness")).GET().build();
    assertThat(server.send(probe).statusCode()).isEqualTo(503);
    HttpResponse<String> refused = server.send(server.post(CHAT, chat(true)));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("shutting_down");
    assertThat(refused.headers().firstValueAsLong("Retry-After")).isPresent();
    backend.steps.release(1_000);
    assertThat(running.join().statusCode()).isEqualTo(200);
    stopped.join();
  }

  @Test
  void whatDoesNotFinishWithinTheGracePeriodIsToldSo() {
    TestServer server = start("omnimamba.shutdown.grace=100ms");
    backend.steps.drainPermits();
    CompletableFuture<HttpResponse<String>> whole =
        server.sendAsync(server.post(CHAT, chat(false)));
    CompletableFuture<HttpResponse<String>> stream =
        server.sendAsync(server.post(CHAT, chat(true)));
    await().until(() -> server.engine().status().sequences() == 2);
    CompletableFuture<HttpResponse<String>> waiting =
        server.sendAsync(server.post(CHAT, chat(true)));
    await().until(() -> server.engine().status().sequences() == 3);
    await()
        .until(
            () -> {
              backend.steps.release(1);
              return server.engine().status().running() == 2;
            });
    CompletableFuture<Void> stopped = stop(server);
    // far fewer steps than the answers take
    await()
        .until(
            () -> {
              backend.steps.release(1);
              return stopped.isDone();
            });
    stopped.join();
    assertThat(backend.closed()).isTrue();
    assertUnfinished(whole.join());
    assertUnfinished(waiting.join());
    List<Sse.Event> events = Sse.events(stream.join());
    Sse.Event last = events.get(events.size() - 1);
    assertThat(last.name()).isEqualTo("error");
    assertThat(last.json().at("/error/code").stringValue()).isEqualTo("shutting_down");
  }

  private static void assertUnfinished(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(response.headers().firstValueAsLong("Retry-After")).isPresent();
    JsonNode error = TestServer.json(response.body()).get("error");
    assertThat(error.get("code").stringValue()).isEqualTo("shutting_down");
  }

  @Test
  void aDeviceThatDoesNotReturnKeepsNoAnswerBack() {
    TestServer server = start("omnimamba.shutdown.grace=100ms");
    backend.steps.drainPermits();
    CompletableFuture<HttpResponse<String>> whole =
        server.sendAsync(server.post(CHAT, chat(false)));
    await().until(() -> server.engine().status().sequences() == 1);
    CompletableFuture<Void> stopped = stop(server);
    // no step returns
    assertUnfinished(whole.join());
    assertThat(stopped).isNotDone();
    assertThat(backend.closed()).isFalse();
    backend.steps.release(1_000);
    stopped.join();
    assertThat(backend.closed()).isTrue();
  }

  @Test
  void nothingIsComputedForAClientThatIsGone() throws IOException {
    TestServer server = start();
    backend.steps.drainPermits();
    CompletableFuture<Void> stopped;
    try (Socket socket = new Socket("localhost", server.uri("/").getPort())) {
      RawRequests.send(socket, CHAT, chat(false));
      await().until(() -> server.engine().status().sequences() == 1);
      stopped = stop(server);
    }
    int before = backend.calls("step").size();
    await()
        .until(
            () -> {
              backend.steps.release(1);
              return stopped.isDone();
            });
    assertThat(backend.calls("step").size() - before).isLessThan(100);
    stopped.join();
  }

  private static String chat(boolean stream) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":500,\"stream\":%s}"
        .formatted(stream);
  }
}
