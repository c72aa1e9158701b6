package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.api.RequestBodyReader;
import org.omnimamba.inference.engine.EngineStatus;
import org.omnimamba.inference.engine.FakeBackend;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.testing.TinyModel;

/**
 * A client that goes away frees what it held, in every phase. Steps are held back by the test, so
 * that each phase lasts until the client has gone.
 */
class DisconnectTest {
  private static final FakeBackend BACKEND = backend();
  private static final TestServer SERVER = TestServer.startWith(BACKEND).awaitReady();

  private static FakeBackend backend() {
    ModelConfig config = TinyModel.config();
    return new FakeBackend(
        2, config.language().textVocabSize(), config.language().imageVocabSize());
  }

  @AfterAll
  static void stop() {
    BACKEND.steps.release(1_000_000);
    SERVER.close();
  }

  @AfterEach
  void nothingIsHeld() {
    BACKEND.steps.release(1_000);
    await()
        .untilAsserted(
            () -> {
              EngineStatus status = SERVER.engine().status();
              assertThat(status.sequences()).isZero();
              assertThat(status.slotsInUse()).isZero();
              assertThat(status.outstandingTokens()).isZero();
              assertThat(SERVER.bean(RequestBodyReader.class).bytesInFlight()).isZero();
            });
    BACKEND.steps.drainPermits();
  }

  @Test
  void duringAStream() throws IOException {
    BACKEND.steps.drainPermits();
    HttpResponse<InputStream> response =
        SERVER.open(SERVER.post("/v1/chat/completions", chat(true)));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body().read()).isNotNegative();
    assertThat(SERVER.engine().status().sequences()).isEqualTo(1);
    response.body().close();
    freed();
  }

  @Test
  void beforeAWholeAnswer() throws IOException {
    BACKEND.steps.drainPermits();
    try (Socket socket = connect()) {
      send(socket, "/v1/chat/completions", chat(false));
      await().until(() -> SERVER.engine().status().sequences() == 1);
    }
    freed();
  }

  @Test
  void whileItsPicturesAreDrawn() throws IOException {
    BACKEND.steps.drainPermits();
    try (Socket socket = connect()) {
      send(socket, "/v1/images/generations", "{\"prompt\":\"a cat\",\"n\":10}");
      await().until(() -> SERVER.engine().status().sequences() == 10);
    }
    freed();
  }

  @Test
  void whileItWaitsForASlot() throws IOException {
    BACKEND.steps.drainPermits();
    CompletableFuture<HttpResponse<String>> first =
        SERVER.sendAsync(SERVER.post("/v1/chat/completions", choices(2)));
    await().until(() -> SERVER.engine().status().sequences() == 2);
    try (Socket socket = connect()) {
      send(socket, "/v1/chat/completions", chat(true));
      await().until(() -> SERVER.engine().status().sequences() == 3);
    }
    // it goes from the queue, though no slot was ever free
    await()
        .until(
            () -> {
              BACKEND.steps.release(1);
              return SERVER.engine().status().sequences() == 2;
            });
    assertThat(first).isNotDone();
    BACKEND.steps.release(1_000);
    assertThat(first.join().statusCode()).isEqualTo(200);
  }

  @Test
  void inTheMiddleOfItsBody() throws IOException {
    try (Socket socket = connect()) {
      String head = head("/v1/chat/completions", 1000);
      socket.getOutputStream().write((head + "{\"messages\":").getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      await().until(() -> SERVER.bean(RequestBodyReader.class).bytesInFlight() > 0);
    }
    await().until(() -> SERVER.bean(RequestBodyReader.class).bytesInFlight() == 0);
    assertThat(SERVER.engine().status().sequences()).isZero();
  }

  /** Steps one by one until the slot is free; the request's own thousand would never end it. */
  private static void freed() {
    int before = BACKEND.calls("step").size();
    await()
        .until(
            () -> {
              BACKEND.steps.release(1);
              return SERVER.engine().status().sequences() == 0;
            });
    assertThat(BACKEND.calls("step").size() - before).isLessThan(50);
  }

  private static String chat(boolean stream) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":1000,\"stream\":%s}"
        .formatted(stream);
  }

  private static String choices(int n) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"Ho\"}],\"max_tokens\":1000,\"n\":%d}"
        .formatted(n);
  }

  private static Socket connect() throws IOException {
    return new Socket("localhost", SERVER.uri("/").getPort());
  }

  private static void send(Socket socket, String path, String body) throws IOException {
    byte[] bytes = (head(path, body.length()) + body).getBytes(StandardCharsets.UTF_8);
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  private static String head(String path, int length) {
    return """
        POST %s HTTP/1.1\r
        Host: localhost\r
        X-OmniMamba-Internal-Token: %s\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        """
        .formatted(path, TestServer.TOKEN, length);
  }
}
