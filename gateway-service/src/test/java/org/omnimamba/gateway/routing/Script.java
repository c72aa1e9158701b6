package org.omnimamba.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.omnimamba.gateway.testing.Gateway;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Streams what a test says, when it says so. */
final class Script implements Scripted.Behaviour {
  private static final String OPENING = ": open\n\n";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Sinks.Many<String> events = Sinks.many().multicast().directBestEffort();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Connection connection;

  /** Asks for a stream and reads up to where the script's own events begin. */
  static HttpResponse<InputStream> open(Gateway gateway) throws Exception {
    HttpResponse<InputStream> answer =
        gateway
            .client()
            .send(
                gateway
                    .request(Scripted.CHAT)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"stream\":true}"))
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new String(answer.body().readNBytes(OPENING.length()), StandardCharsets.UTF_8))
        .isEqualTo(OPENING);
    return answer;
  }

  @Override
  public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
    response.withConnection(this::watch);
    // A server sends its headers only with the first byte, so there is one at once.
    Flux<ByteBuf> bytes =
        events
            .asFlux()
            .onBackpressureBuffer()
            .startWith(OPENING)
            .map(text -> Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    return request.receive().aggregate().then(response.sse().send(bytes, each -> true).then());
  }

  /** Notes when the connection ends. */
  void watch(Connection served) {
    connection = served;
    served.channel().closeFuture().addListener(end -> closed.countDown());
  }

  /** Sends as soon as somebody listens. */
  void send(String text) {
    if (events.tryEmitNext(text) != Sinks.EmitResult.OK) {
      await().atMost(PATIENCE).until(() -> events.tryEmitNext(text) == Sinks.EmitResult.OK);
    }
  }

  void complete() {
    events.tryEmitComplete().orThrow();
  }

  /** Ends as a process that is killed does. */
  void die() {
    connection.channel().close();
  }

  /** Whether the connection ends, waiting for it. */
  boolean isClosed() throws InterruptedException {
    return closed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
