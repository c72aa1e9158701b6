package org.omnimamba.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import reactor.core.publisher.Mono;

/** A client that hangs up ends what was done for it, over real sockets. */
class ClientGoesAwayTest {
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
      socket
          .getOutputStream()
          .write(
              ("POST "
                      + CHAT
                      + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                      + Gateway.KEY
                      + "\r\nContent-Type: application/json\r\nContent-Length: "
                      + BODY.length()
                      + "\r\n\r\n"
                      + BODY)
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(script.isClosed()).isTrue();
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
