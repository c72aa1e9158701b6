package org.omnimamba.web.shutdown;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.omnimamba.web.testing.SmallService;

/** Clients that do nothing do not hold a stop up, which would otherwise wait for them. */
class StopTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final SmallService service =
      new SmallService("server.shutdown=graceful", "omnimamba.shutdown.grace=1h");

  @Test
  void aBodyThatDoesNotEndIsNotWaitedFor() throws Exception {
    try (Socket client = connect(65_536)) {
      send(
          client,
          "POST /echo",
          "Content-Type: text/plain\r\nContent-Length: 10\r\nExpect: 100-continue\r\n");
      assertThat(new String(client.getInputStream().readNBytes(12), US_ASCII))
          .isEqualTo("HTTP/1.1 100");
      assertThat(CompletableFuture.runAsync(service::close)).succeedsWithin(PATIENCE);
    }
  }

  @Test
  void aClientThatTakesNothingIsNotWaitedFor() throws Exception {
    try (Socket client = connect(4096)) {
      send(client, "GET /large", "");
      assertThat(new String(client.getInputStream().readNBytes(12), US_ASCII))
          .isEqualTo("HTTP/1.1 200");
      assertThat(CompletableFuture.runAsync(service::close)).succeedsWithin(PATIENCE);
    }
  }

  @Test
  void aClientThatReadsGetsAllOfItsAnswer() throws Exception {
    try (Socket client = connect(65_536)) {
      send(client, "GET /large", "Connection: close\r\n");
      assertThat(new String(client.getInputStream().readNBytes(12), US_ASCII))
          .isEqualTo("HTTP/1.1 200");
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(service::close);
      assertThat(client.getInputStream().readAllBytes()).hasSizeGreaterThan(64 << 20);
      assertThat(stopped).succeedsWithin(PATIENCE);
    }
  }

  private Socket connect(int receiveBuffer) throws IOException {
    Socket client = new Socket();
    client.setReceiveBufferSize(receiveBuffer);
    client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), service.port()));
    return client;
  }

  private static void send(Socket client, String request, String headers) throws IOException {
    client
        .getOutputStream()
        .write(
            (request
                    + " HTTP/1.1\r\nHost: x\r\nX-OmniMamba-Internal-Token: "
                    + SmallService.TOKEN
                    + "\r\n"
                    + headers
                    + "\r\n")
                .getBytes(US_ASCII));
  }
}
