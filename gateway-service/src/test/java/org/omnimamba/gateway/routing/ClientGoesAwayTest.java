package org.omnimamba.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.omnimamba.gateway.testing.Gateway;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Mono;

/** A client that hangs up ends what was done for it, over real sockets. */
@ExtendWith(OutputCaptureExtension.class)
class ClientGoesAwayTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String CHAT = Scripted.CHAT;
  private static final String BODY = "{\"messages\":[]}";

  private static Scripted service;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    service = new Scripted();
    gateway = Gateway.start(service.url(), service.url());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    service.close();
  }

  @Test
  void closesTheUpstreamWhenTheClientGoesAwayBeforeTheAnswer() throws Exception {
    Script script = new Script();
    CountDownLatch begun = new CountDownLatch(1);
    service.does(
        (request, response) -> {
          response.withConnection(script::watch);
          return request
              .receive()
              .aggregate()
              .then(Mono.fromRunnable(begun::countDown))
              .then(Mono.never());
        });
    try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
      send(socket, "before", "", BODY);
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(script.isClosed()).isTrue();
  }

  /** Also a client that goes away within its request or resets the connection. */
  @Test
  void writesOneLineEach(CapturedOutput output) throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    service.does(
        (request, response) ->
            request
                .receive()
                .aggregate()
                .then(Mono.fromRunnable(begun::countDown))
                .then(Mono.never()));
    for (boolean reset : new boolean[] {false, true}) {
      try (Socket half = new Socket("127.0.0.1", gateway.port());
          Socket whole = new Socket("127.0.0.1", gateway.port())) {
        half.setSoLinger(reset, 0);
        whole.setSoLinger(reset, 0);
        send(half, "half-" + reset, "Expect: 100-continue\r\n", "");
        assertThat(half.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 100");
        half.getOutputStream().write('{');
        long before = begun.getCount();
        send(whole, "whole-" + reset, "", BODY);
        await().atMost(PATIENCE).until(() -> begun.getCount() < before);
      }
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(output.getAll())
                    .containsPattern("-> 499 in \\d+ ms \\(default, half-false\\)")
                    .containsPattern("-> 499 in \\d+ ms \\(default, half-true\\)")
                    .containsPattern("-> 499 in \\d+ ms \\(default, whole-false\\)")
                    .containsPattern("-> 499 in \\d+ ms \\(default, whole-true\\)"));
    assertThat(output.getAll()).doesNotContainPattern("(?m)^\\S+ +(WARN|ERROR) ");
  }

  private static void send(Socket socket, String id, String header, String body)
      throws IOException {
    socket
        .getOutputStream()
        .write(
            ("POST "
                    + CHAT
                    + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                    + Gateway.KEY
                    + "\r\nX-Request-Id: "
                    + id
                    + "\r\nContent-Type: application/json\r\nContent-Length: "
                    + BODY.length()
                    + "\r\n"
                    + header
                    + "\r\n"
                    + body)
                .getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void closesTheUpstreamWhenTheClientGoesAwayDuringAStream() throws Exception {
    Script script = new Script();
    service.does(script);
    HttpResponse<InputStream> answer = Script.open(gateway);
    script.send("data: one\n\n");
    assertThat(answer.body().readNBytes(11)).hasSize(11);
    answer.body().close();
    assertThat(script.isClosed()).isTrue();
  }
}
