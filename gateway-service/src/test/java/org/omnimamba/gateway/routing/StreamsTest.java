package org.omnimamba.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.omnimamba.web.replica.Replica;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;

/** Streams that pass, break, fall silent, or lose their replica, over real sockets. */
class StreamsTest {
  private static final String CHAT = Scripted.CHAT;
  private static final String NOWHERE = "http://127.0.0.1:1";

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
  void passesEachEventOnBeforeTheNextOneExists() throws Exception {
    Script script = new Script();
    service.does(script);
    HttpResponse<InputStream> answer = Script.open(gateway);
    for (int i = 0; i < 100; i++) {
      String event = i % 10 == 9 ? ": ping\n\n" : "data: " + i + "\n\n";
      script.send(event);
      // Nothing else was sent, so this only returns if the event was not held back.
      assertThat(new String(answer.body().readNBytes(event.length()), StandardCharsets.UTF_8))
          .isEqualTo(event);
    }
    script.complete();
    assertThat(answer.body().readAllBytes()).isEmpty();
  }

  @Test
  void passesTheAnswerThatFollowsAnInformationalResponse() throws Exception {
    service.does(
        (request, response) -> {
          response.withConnection(
              connection ->
                  connection
                      .channel()
                      .pipeline()
                      .context(NettyPipeline.HttpCodec)
                      .writeAndFlush(
                          Unpooled.copiedBuffer(
                              "HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n",
                              StandardCharsets.UTF_8)));
          return request.receive().aggregate().then(response.sendString(Mono.just("{}")).then());
        });
    // twice, since the second request finds a connection that was used
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> answer = gateway.post(CHAT, "{}");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("{}");
    }
  }

  @Test
  void endsABrokenStreamWithAnErrorEvent() throws Exception {
    Script script = new Script();
    service.does(script);
    HttpResponse<InputStream> answer = Script.open(gateway);
    script.send("data: one\n\n");
    assertThat(answer.body().readNBytes(11)).hasSize(11);
    script.die();
    assertThat(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8))
        .startsWith("event: error\ndata: {\"error\":{\"message\":")
        .contains("\"code\":\"upstream_failed\"")
        .endsWith("}}\n\n");
  }

  @Test
  void cutsAStreamThatBrokeWithinAnEvent() throws Exception {
    Script script = new Script();
    service.does(script);
    HttpResponse<InputStream> answer = Script.open(gateway);
    script.send("data: half");
    assertThat(answer.body().readNBytes(10)).hasSize(10);
    script.die();
    assertThatThrownBy(() -> answer.body().readAllBytes()).isInstanceOf(IOException.class);
  }

  @Test
  void endsAStreamThatFellSilent() throws Exception {
    Script script = new Script();
    service.does(script);
    try (Gateway impatient =
        Gateway.start(
            service.url(), NOWHERE, "omnimamba.gateway.streaming.longest-silence", "500ms")) {
      HttpResponse<InputStream> answer = Script.open(impatient);
      script.send("data: one\n\n");
      assertThat(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("data: one\n\nevent: error\n")
          .contains("upstream_timeout");
      assertThat(script.isClosed()).isTrue();
    }
  }

  /** A frozen process keeps its connections open, so only the probes can tell. */
  @Test
  void cutsTheStreamOfALostReplica() throws Exception {
    AtomicBoolean answersProbes = new AtomicBoolean(true);
    Script script = new Script();
    try (Upstream replica =
            Upstream.start(
                routes ->
                    routes
                        .get(
                            "/readyz",
                            (request, response) ->
                                answersProbes.get() ? response.send() : Mono.never())
                        .post(CHAT, script));
        Gateway own =
            Gateway.start(
                replica.url(),
                NOWHERE,
                "omnimamba.gateway.routing.probe-interval",
                "50ms",
                "omnimamba.gateway.routing.probe-timeout",
                "100ms",
                "omnimamba.gateway.streaming.longest-silence",
                "10m")) {
      HttpResponse<InputStream> whole = Script.open(own);
      script.send("data: one\n\n");
      assertThat(whole.body().readNBytes(11)).hasSize(11);
      answersProbes.set(false);
      assertThat(new String(whole.body().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("event: error\n")
          .contains("stopped answering");

      answersProbes.set(true);
      Replica seen = own.bean(Upstreams.class).inferenceReplicas().replicas().all().get(0);
      await().atMost(Duration.ofSeconds(20)).until(() -> seen.state() == Replica.State.READY);
      HttpResponse<InputStream> half = Script.open(own);
      script.send("data: half");
      assertThat(half.body().readNBytes(10)).hasSize(10);
      answersProbes.set(false);
      assertThatThrownBy(() -> half.body().readAllBytes()).isInstanceOf(IOException.class);
    }
  }
}
