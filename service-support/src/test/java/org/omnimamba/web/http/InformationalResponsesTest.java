package org.omnimamba.web.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;

class InformationalResponsesTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

  /** As a proxy sends early hints: at once, and the answer when it has one. */
  @Test
  void theAnswerMayComeLongAfterTheHints() throws Exception {
    Sinks.Empty<Void> seen = Sinks.empty();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(() -> serve(server, seen.asMono()));
      HttpClient client =
          InformationalResponses.skippedBy(HttpClient.newConnection())
              .doOnChannelInit(
                  (observer, channel, address) ->
                      channel.pipeline().addFirst(new WhenRead(seen::tryEmitEmpty)));
      String answer =
          client
              .get()
              .uri("http://127.0.0.1:" + server.getLocalPort() + "/")
              .responseSingle(
                  (response, body) -> body.asString().map(text -> response.status() + " " + text))
              .block(PATIENCE);
      assertThat(answer).isEqualTo("200 OK ok");
      served.join();
    }
  }

  private static void serve(ServerSocket server, Mono<Void> seen) {
    try (Socket socket = server.accept()) {
      OutputStream out = socket.getOutputStream();
      out.write("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".getBytes(US_ASCII));
      out.flush();
      seen.block(PATIENCE);
      out.write(ANSWER.getBytes(US_ASCII));
      out.flush();
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
