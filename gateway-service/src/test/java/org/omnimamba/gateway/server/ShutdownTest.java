package org.omnimamba.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A gateway that is told to stop while requests run, over real sockets. */
class ShutdownTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String IMAGES = "/v1/images/generations";
  private static final String CONTENT = "/v1/jobs/1/content";
  private static final String EVENTS = "/v1/jobs/1/events";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Sinks.Empty<Void> mayEnd = Sinks.empty();
  private final Upstream service =
      Upstream.start(
          routes ->
              routes
                  .get("/readyz", (request, response) -> response.send())
                  .post(
                      IMAGES,
                      (request, response) ->
                          response.sendString(mayEnd.asMono().thenReturn("whole")))
                  .get(
                      CONTENT,
                      (request, response) ->
                          response.send(
                              Flux.range(0, 1024)
                                  .map(piece -> Unpooled.wrappedBuffer(new byte[64 * 1024]))))
                  .route(
                      request -> true,
                      (request, response) ->
                          response
                              .sse()
                              .send(
                                  Flux.just("data: one\n\n")
                                      .map(
                                          text ->
                                              Unpooled.copiedBuffer(text, StandardCharsets.UTF_8))
                                      .concatWith(mayEnd.asMono().then(Mono.empty())),
                                  each -> true)));

  @AfterEach
  void stop() {
    mayEnd.tryEmitEmpty();
    service.close();
  }

  private Gateway gateway(String grace) {
    return Gateway.start(
        service.url(),
        service.url(),
        "server.shutdown",
        "graceful",
        "omnimamba.shutdown.grace",
        grace);
  }

  private static CompletableFuture<HttpResponse<String>> ask(Gateway gateway, String path) {
    HttpRequest.Builder request = gateway.request(path);
    if (!path.equals(EVENTS)) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString("{\"stream\":true}"));
    }
    return gateway.client().sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private CompletableFuture<Void> stopWhileRunning(Gateway gateway, int requests) {
    await().atMost(PATIENCE).until(() -> service.seen().size() == requests);
    CompletableFuture<Void> stopping = CompletableFuture.runAsync(gateway::close);
    await().atMost(PATIENCE).until(() -> isRefused(gateway.port()));
    return stopping;
  }

  private static boolean isRefused(int port) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return !socket.isConnected();
    } catch (ConnectException refused) {
      return true;
    }
  }

  @Test
  void whatRunsMayEndWithinTheGracePeriod() throws Exception {
    Gateway gateway = gateway("10m");
    CompletableFuture<HttpResponse<String>> plain = ask(gateway, IMAGES);
    CompletableFuture<HttpResponse<String>> stream = ask(gateway, CHAT);
    CompletableFuture<Void> stopping = stopWhileRunning(gateway, 2);
    assertThat(stopping).isNotDone();
    mayEnd.tryEmitEmpty();
    assertThat(plain.get(30, TimeUnit.SECONDS).body()).isEqualTo("whole");
    assertThat(stream.get(30, TimeUnit.SECONDS).body()).isEqualTo("data: one\n\n");
    stopping.get(60, TimeUnit.SECONDS);
  }

  @Test
  void whatIsLeftAtItsEndIsAnsweredBeforeTheConnectionCloses() throws Exception {
    Gateway gateway = gateway("3s");
    CompletableFuture<HttpResponse<String>> plain = ask(gateway, IMAGES);
    CompletableFuture<HttpResponse<String>> stream = ask(gateway, CHAT);
    CompletableFuture<HttpResponse<String>> events = ask(gateway, EVENTS);
    CompletableFuture<Void> stopping = stopWhileRunning(gateway, 3);

    HttpResponse<String> refused = plain.get(60, TimeUnit.SECONDS);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("\"code\":\"shutting_down\"");
    assertThat(refused.headers().firstValue("retry-after")).contains("1");
    assertThat(stream.get(60, TimeUnit.SECONDS).body())
        .startsWith("data: one\n\nevent: error\ndata: {\"error\":")
        .contains("\"code\":\"shutting_down\"")
        .endsWith("\n\n");
    assertThat(events.get(60, TimeUnit.SECONDS).body())
        .as("a client goes on from the last event elsewhere")
        .isEqualTo("data: one\n\n");
    stopping.get(60, TimeUnit.SECONDS);
    assertThat(service.seen()).as("none was sent again").hasSize(3);
  }

  /** A request that has not reached a service yet is answered, long before the grace is over. */
  @Test
  void aBodyThatDoesNotEndDoesNotHoldTheStopUp() throws Exception {
    Gateway gateway = gateway("10m");
    try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
      write(
          socket,
          "POST " + CHAT,
          "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 10\r\n");
      byte[] goOn = socket.getInputStream().readNBytes(25);
      assertThat(new String(goOn, StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 100 ");
      CompletableFuture<Void> stopping = CompletableFuture.runAsync(gateway::close);
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 503 ").contains("shutting_down");
      stopping.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void aClientThatTakesNothingOfItsAnswerDoesNotHoldTheStopUp() throws Exception {
    Gateway gateway = gateway("10m");
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
      write(socket, "GET " + CONTENT, "");
      byte[] head = socket.getInputStream().readNBytes(12);
      assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
      CompletableFuture.runAsync(gateway::close).get(60, TimeUnit.SECONDS);
    }
  }

  private static void write(Socket socket, String request, String headers) throws IOException {
    socket
        .getOutputStream()
        .write(
            (request
                    + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                    + Gateway.KEY
                    + "\r\n"
                    + headers
                    + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
  }
}
