package org.omnimamba.jobs.webhook.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.jobs.webhook.address.HostLookup;
import org.omnimamba.jobs.webhook.delivery.AttemptOutcome.Kind;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The client that really delivers, against a receiver that really listens: requests and answers.
 */
class WebhookClientTest {
  private final WebhookSender sender = new WebhookSender();

  @AfterEach
  void stop() {
    sender.close();
  }

  @Test
  void deliversWithAVerifiableSignature() {
    AttemptOutcome outcome =
        sender.deliver(WebhookSender.allowing("127.0.0.1"), sender.receiver.url("/hook?a=b"));
    assertThat(outcome.kind()).isEqualTo(Kind.DELIVERED);
    assertThat(outcome.status()).isEqualTo(204);
    WebhookReceiver.Received got = sender.receiver.received().get(0);
    assertThat(got.path()).isEqualTo("/hook?a=b");
    assertThat(got.headers()).containsEntry("content-type", "application/json");
    assertThat(got.id()).isEqualTo("msg_1");
    assertThat(got.verifies(sender.secret.text())).isTrue();
    assertThat(got.verifies(sender.older.text())).isTrue();
  }

  @Test
  void neverFollowsARedirect() {
    try (WebhookReceiver target = new WebhookReceiver()) {
      for (int status : new int[] {301, 302, 303, 307, 308}) {
        sender.receiver.answering(
            (request, response) ->
                response.status(status).header("location", target.url("/stolen")).send());
        AttemptOutcome outcome =
            sender.deliver(WebhookSender.allowing("127.0.0.1"), sender.receiver.url("/hook"));
        assertThat(outcome.kind()).isEqualTo(Kind.FAILED);
        assertThat(outcome.status()).isEqualTo(status);
        assertThat(outcome.error()).isEqualTo("redirect refused");
      }
      assertThat(target.connections()).isZero();
    }
  }

  @Test
  void readsTheReceiversWishWith429And503Only() {
    for (int status : new int[] {429, 503, 500}) {
      sender.receiver.answering(
          (request, response) -> response.status(status).header("retry-after", "120").send());
      AttemptOutcome outcome =
          sender.deliver(WebhookSender.allowing("127.0.0.1"), sender.receiver.url("/hook"));
      assertThat(outcome.kind()).isEqualTo(Kind.FAILED);
      assertThat(outcome.retryAfter()).isEqualTo(status == 500 ? null : Duration.ofMinutes(2));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 103 Early Hints, DELIVERED, 200",
    "HTTP/1.1 100 Continue, DELIVERED, 200",
    "HTTP/1.1 102 Processing, DELIVERED, 200",
    "HTTP/1.1 199 Something New, DELIVERED, 200",
    "HTTP/1.1 101 Switching Protocols, FAILED, 101"
  })
  void waitsForTheAnswerAfterInformationalOnes(String line, Kind kind, int status)
      throws Exception {
    String informational = line + "\r\nlink: </style.css>; rel=preload\r\n\r\n";
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Mono.fromCallable(
              () -> {
                try (Socket client = server.accept()) {
                  client.getInputStream().read(new byte[10_000]);
                  OutputStream out = client.getOutputStream();
                  out.write(informational.repeat(2).getBytes(UTF_8));
                  out.flush();
                  out.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".getBytes(UTF_8));
                  out.flush();
                  // until the client is done
                  return client.getInputStream().read();
                }
              })
          .subscribeOn(Schedulers.boundedElastic())
          .subscribe(end -> {}, error -> {});
      AttemptOutcome outcome =
          sender.deliver(
              WebhookSender.allowing("127.0.0.1"),
              "http://127.0.0.1:" + server.getLocalPort() + "/hook");
      assertThat(outcome.kind()).isEqualTo(kind);
      assertThat(outcome.status()).isEqualTo(status);
      if (kind == Kind.DELIVERED) {
        assertThat(outcome.responseHead()).asString(UTF_8).isEqualTo("ok");
      }
    }
  }

  @Test
  void tellsAGoneReceiverApart() {
    sender.receiver.answering(410);
    assertThat(
            sender
                .deliver(WebhookSender.allowing("127.0.0.1"), sender.receiver.url("/hook"))
                .kind())
        .isEqualTo(Kind.GONE);
  }

  @Test
  void keepsOnlyTheFirstBytesOfALongAnswer() {
    sender.receiver.answering(
        (request, response) ->
            response
                .status(500)
                .send(
                    Flux.range(0, 10_000)
                        .map(i -> Unpooled.wrappedBuffer("x".repeat(1000).getBytes(UTF_8)))));
    AttemptOutcome outcome =
        sender.deliver(WebhookSender.allowing("127.0.0.1"), sender.receiver.url("/hook"));
    assertThat(outcome.status()).isEqualTo(500);
    assertThat(outcome.responseHead()).hasSizeBetween(1, 1024);
  }

  @Test
  void givesUpOnASlowReceiver() {
    sender.receiver.answering((request, response) -> Mono.never());
    AttemptOutcome outcome =
        sender.deliver(
            WebhookSender.client(HostLookup.system(), "127.0.0.1", Duration.ofMillis(300)),
            sender.receiver.url("/hook"));
    assertThat(outcome.kind()).isEqualTo(Kind.FAILED);
    assertThat(outcome.error()).isEqualTo("timeout");
  }

  @Test
  void reportsAReceiverThatIsDownOrResets() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    assertThat(
            sender
                .deliver(WebhookSender.allowing("127.0.0.1"), "http://127.0.0.1:" + free + "/hook")
                .error())
        .isEqualTo("connection refused");
    sender.receiver.answering(
        (request, response) -> {
          response.withConnection(c -> c.channel().close());
          return Mono.never();
        });
    AttemptOutcome reset =
        sender.deliver(WebhookSender.allowing("127.0.0.1"), sender.receiver.url("/hook"));
    assertThat(reset.kind()).isEqualTo(Kind.FAILED);
    assertThat(reset.error()).isEqualTo("connection lost");
    assertThat(sender.receiver.received()).hasSize(1);
  }
}
