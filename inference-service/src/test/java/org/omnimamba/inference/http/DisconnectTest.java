package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.omnimamba.inference.api.RequestBodyReader;
import org.omnimamba.inference.engine.EngineStatus;
import org.omnimamba.inference.engine.FakeBackend;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.testing.TinyModel;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * A client that goes away frees what it held, in every phase. Steps are held back by the test, so
 * that each phase lasts until the client has gone.
 */
@ExtendWith(OutputCaptureExtension.class)
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
      RawRequests.send(socket, "/v1/chat/completions", chat(false));
      await().until(() -> SERVER.engine().status().sequences() == 1);
    }
    freed();
  }

  @Test
  void whileItsPicturesAreDrawn() throws IOException {
    BACKEND.steps.drainPermits();
    try (Socket socket = connect()) {
      RawRequests.send(socket, "/v1/images/generations", "{\"prompt\":\"a cat\",\"n\":10}");
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
      RawRequests.send(socket, "/v1/chat/completions", chat(true));
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
      RawRequests.begin(socket, "/v1/chat/completions", 1000, "{\"messages\":");
      await().until(() -> SERVER.bean(RequestBodyReader.class).bytesInFlight() > 0);
    }
    await().until(() -> SERVER.bean(RequestBodyReader.class).bytesInFlight() == 0);
    assertThat(SERVER.engine().status().sequences()).isZero();
  }

  /** Whoever hangs up is told of in one line each, with the status 499 and without a stack. */
  @Test
  void writesOneLineEach(CapturedOutput output) throws IOException {
    BACKEND.steps.drainPermits();
    for (boolean reset : new boolean[] {false, true}) {
      for (String path : List.of("/v1/chat/completions", "/v1/images/generations")) {
        for (boolean stream : new boolean[] {false, true}) {
          try (Socket socket = connect()) {
            socket.setSoLinger(reset, 0);
            RawRequests.send(socket, path, path.contains("chat") ? chat(stream) : picture(stream));
            await().until(() -> SERVER.engine().status().sequences() == 1);
          }
          freed();
        }
      }
      try (Socket socket = connect()) {
        socket.setSoLinger(reset, 0);
        RawRequests.begin(socket, "/v1/chat/completions", 1000, "{\"messages\":");
        await().until(() -> SERVER.bean(RequestBodyReader.class).bytesInFlight() > 0);
      }
    }
    await()
        .untilAsserted(
            () -> assertThat(lines(output, " -> 499 in ")).as(output.getAll()).hasSize(10));
    assertThat(output.getAll()).doesNotContain("\tat ", "Exception", "Error");
    assertThat(lines(output, " WARN ")).isEmpty();
    assertThat(lines(output, " ERROR ")).isEmpty();
  }

  private static List<String> lines(CapturedOutput output, String part) {
    return output.getAll().lines().filter(line -> line.contains(part)).toList();
  }

  private static String picture(boolean stream) {
    return "{\"prompt\":\"a cat\",\"stream\":%s}".formatted(stream);
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
}
