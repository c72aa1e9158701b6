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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Replicas that die, refuse, fall silent; clients that go away. All over real sockets. */
class RoutingTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String BODY = "{\"messages\":[]}";
  private static final String OPENING = ": open\n\n";
  private static final String NOWHERE = "http://127.0.0.1:1";

  private static Upstream answering(String answer) {
    return Upstream.start(
        routes ->
            routes.post(
                CHAT,
                (request, response) ->
                    request
                        .receive()
                        .aggregate()
                        .then(response.sendString(Mono.just(answer)).then())));
  }

  private static Upstream refusing() {
    return Upstream.start(
        routes ->
            routes.post(
                CHAT, (request, response) -> response.status(503).sendString(Mono.just("no"))));
  }

  /** Reads the request and then hangs up without a byte of an answer. */
  private static Upstream hangingUp() {
    return Upstream.start(
        routes ->
            routes.post(
                CHAT,
                (request, response) ->
                    request
                        .receive()
                        .aggregate()
                        .then(
                            Mono.fromRunnable(
                                () ->
                                    response.withConnection(
                                        connection -> connection.channel().close())))));
  }

  @Test
  void triesAnotherReplicaWhenOneIsNotThere() throws Exception {
    try (Upstream good = answering("good");
        Gateway gateway = Gateway.start(NOWHERE + "," + good.url(), NOWHERE)) {
      for (int i = 0; i < 6; i++) {
        HttpResponse<String> answer = gateway.post(CHAT, BODY);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("good");
      }
    }
  }

  @Test
  void triesAnotherReplicaWhenOneDiesBeforeItsFirstByte() throws Exception {
    try (Upstream bad = hangingUp();
        Upstream good = answering("good");
        Gateway gateway = Gateway.start(bad.url() + "," + good.url(), NOWHERE)) {
      for (int i = 0; i < 12; i++) {
        assertThat(gateway.post(CHAT, BODY).body()).isEqualTo("good");
      }
      assertThat(bad.seen()).isNotEmpty();
    }
  }

  @Test
  void triesAnotherReplicaWhenOneRefusesToServe() throws Exception {
    try (Upstream bad = refusing();
        Upstream good = answering("good");
        Gateway gateway = Gateway.start(bad.url() + "," + good.url(), NOWHERE)) {
      for (int i = 0; i < 12; i++) {
        assertThat(gateway.post(CHAT, BODY).body()).isEqualTo("good");
      }
      assertThat(bad.seen()).isNotEmpty();
    }
  }

  @Test
  void endsCleanlyWhenNoReplicaIsLeft() throws Exception {
    try (Upstream bad = hangingUp();
        Gateway gateway = Gateway.start(bad.url() + "," + NOWHERE, NOWHERE)) {
      HttpResponse<String> answer = gateway.post(CHAT, BODY);
      assertThat(answer.statusCode()).isIn(502, 503);
      assertThat(answer.body()).contains("\"type\":\"server_error\"");
      HttpResponse<String> jobs = gateway.get("/v1/jobs");
      assertThat(jobs.statusCode()).isEqualTo(503);
      assertThat(jobs.headers().firstValue("content-type")).contains("application/problem+json");
      assertThat(jobs.headers().firstValue("retry-after")).contains("1");
    }
  }

  @Test
  void passesARefusalOfTheOnlyReplicaOn() throws Exception {
    try (Upstream bad = refusing();
        Gateway gateway = Gateway.start(bad.url(), NOWHERE)) {
      HttpResponse<String> answer = gateway.post(CHAT, BODY);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).isEqualTo("no");
    }
  }

  @Test
  void passesAFullQueueOnUnchanged() throws Exception {
    try (Upstream full =
            Upstream.start(
                routes ->
                    routes.post(
                        CHAT,
                        (request, response) ->
                            response
                                .status(429)
                                .header("Retry-After", "17")
                                .header("Content-Type", "application/json")
                                .sendString(Mono.just("{\"error\":\"queue full\"}"))));
        Gateway gateway = Gateway.start(full.url(), NOWHERE)) {
      HttpResponse<String> answer = gateway.post(CHAT, BODY);
      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.headers().allValues("retry-after")).containsExactly("17");
      assertThat(answer.body()).isEqualTo("{\"error\":\"queue full\"}");
    }
  }

  @Test
  void neverSendsAJobTwice() throws Exception {
    AtomicInteger received = new AtomicInteger();
    try (Upstream jobs =
            Upstream.start(
                routes ->
                    routes.post(
                        "/v1/jobs",
                        (request, response) ->
                            request
                                .receive()
                                .aggregate()
                                .then(
                                    Mono.fromRunnable(
                                        () -> {
                                          received.incrementAndGet();
                                          response.withConnection(
                                              connection -> connection.channel().close());
                                        }))));
        Gateway gateway = Gateway.start(NOWHERE, jobs.url())) {
      HttpResponse<String> answer = gateway.post("/v1/jobs", "{}");
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(received).hasValue(1);
    }
  }

  @Test
  void leavesAReplicaOutUntilItIsReadyAgain() throws Exception {
    AtomicBoolean ready = new AtomicBoolean(false);
    try (Upstream sometimes =
            Upstream.start(
                routes ->
                    routes
                        .get(
                            "/readyz",
                            (request, response) ->
                                response.status(ready.get() ? 200 : 503).send())
                        .post(
                            CHAT,
                            (request, response) -> response.sendString(Mono.just("sometimes"))));
        Upstream always = answering("always");
        Gateway gateway =
            Gateway.start(
                sometimes.url() + "," + always.url(),
                NOWHERE,
                "omnimamba.gateway.routing.probe-interval",
                "50ms")) {
      Replicas replicas = gateway.bean(Replicas.class);
      Replica watched = replicas.all().get(0);
      await().atMost(Duration.ofSeconds(20)).until(() -> watched.state() == Replica.State.REFUSING);
      for (int i = 0; i < 10; i++) {
        assertThat(gateway.post(CHAT, BODY).body()).isEqualTo("always");
      }
      ready.set(true);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> assertThat(gateway.post(CHAT, BODY).body()).isEqualTo("sometimes"));
    }
  }

  @Test
  void endsWhatALostReplicaWasWorkingOn() throws Exception {
    AtomicBoolean answersProbes = new AtomicBoolean(true);
    try (Upstream replica =
            Upstream.start(
                routes ->
                    routes
                        .get(
                            "/readyz",
                            (request, response) ->
                                answersProbes.get() ? response.send() : Mono.never())
                        .post(CHAT, (request, response) -> Mono.never()));
        Gateway gateway =
            Gateway.start(
                replica.url(),
                NOWHERE,
                "omnimamba.gateway.routing.probe-interval",
                "50ms",
                "omnimamba.gateway.routing.probe-timeout",
                "100ms")) {
      CompletableFuture<HttpResponse<String>> pending =
          gateway
              .client()
              .sendAsync(
                  gateway
                      .request(CHAT)
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString(BODY))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      await().atMost(Duration.ofSeconds(20)).until(() -> !replica.seen().isEmpty());
      answersProbes.set(false);
      HttpResponse<String> answer = pending.get(20, TimeUnit.SECONDS);
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(answer.body()).contains("upstream_failed");
    }
  }

  @Test
  void closesTheUpstreamWhenTheClientGoesAwayBeforeTheAnswer() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (Upstream replica =
            Upstream.start(
                routes ->
                    routes.post(
                        CHAT,
                        (request, response) -> {
                          response.withConnection(
                              connection ->
                                  connection
                                      .channel()
                                      .closeFuture()
                                      .addListener(end -> closed.countDown()));
                          return request
                              .receive()
                              .aggregate()
                              .then(Mono.fromRunnable(begun::countDown))
                              .then(Mono.never());
                        }));
        Gateway gateway = Gateway.start(replica.url(), NOWHERE)) {
      try (java.net.Socket socket = new java.net.Socket("127.0.0.1", gateway.port())) {
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
      assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void closesTheUpstreamWhenTheClientGoesAwayDuringAStream() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    Sinks.Many<String> events = Sinks.many().unicast().onBackpressureBuffer();
    try (Upstream replica = streaming(events.asFlux(), closed);
        Gateway gateway = Gateway.start(replica.url(), NOWHERE)) {
      HttpResponse<InputStream> answer = stream(gateway);
      events.tryEmitNext("data: one\n\n");
      assertThat(new String(answer.body().readNBytes(11), "UTF-8")).isEqualTo("data: one\n\n");
      answer.body().close();
      assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void passesEachEventOnBeforeTheNextOneExists() throws Exception {
    Sinks.Many<String> events = Sinks.many().unicast().onBackpressureBuffer();
    try (Upstream replica = streaming(events.asFlux(), new CountDownLatch(1));
        Gateway gateway = Gateway.start(replica.url(), NOWHERE)) {
      HttpResponse<InputStream> answer = stream(gateway);
      for (int i = 0; i < 50; i++) {
        String event = i % 10 == 9 ? ": ping\n\n" : "data: " + i + "\n\n";
        events.tryEmitNext(event);
        // Nothing else was sent, so this only returns if the event was not held back.
        assertThat(new String(answer.body().readNBytes(event.length()), "UTF-8")).isEqualTo(event);
      }
      events.tryEmitComplete();
      assertThat(answer.body().readAllBytes()).isEmpty();
    }
  }

  @Test
  void endsABrokenStreamWithAnErrorEvent() throws Exception {
    Sinks.Many<String> events = Sinks.many().unicast().onBackpressureBuffer();
    try (Upstream replica = streaming(events.asFlux(), new CountDownLatch(1));
        Gateway gateway = Gateway.start(replica.url(), NOWHERE)) {
      HttpResponse<InputStream> answer = stream(gateway);
      events.tryEmitNext("data: one\n\n");
      assertThat(answer.body().readNBytes(11)).hasSize(11);
      events.tryEmitError(new IllegalStateException("the engine died"));
      String rest = new String(answer.body().readAllBytes(), "UTF-8");
      assertThat(rest)
          .startsWith("event: error\ndata: {\"error\":{\"message\":")
          .contains("\"code\":\"upstream_failed\"")
          .endsWith("}}\n\n");
    }
  }

  @Test
  void cutsAStreamThatBrokeWithinAnEvent() throws Exception {
    Sinks.Many<String> events = Sinks.many().unicast().onBackpressureBuffer();
    try (Upstream replica = streaming(events.asFlux(), new CountDownLatch(1));
        Gateway gateway = Gateway.start(replica.url(), NOWHERE)) {
      HttpResponse<InputStream> answer = stream(gateway);
      events.tryEmitNext("data: half");
      assertThat(answer.body().readNBytes(10)).hasSize(10);
      events.tryEmitError(new IllegalStateException("the engine died"));
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> answer.body().readAllBytes())
          .isInstanceOf(java.io.IOException.class);
    }
  }

  @Test
  void endsAStreamThatFellSilent() throws Exception {
    Sinks.Many<String> events = Sinks.many().unicast().onBackpressureBuffer();
    CountDownLatch closed = new CountDownLatch(1);
    try (Upstream replica = streaming(events.asFlux(), closed);
        Gateway gateway =
            Gateway.start(
                replica.url(), NOWHERE, "omnimamba.gateway.streaming.longest-silence", "200ms")) {
      HttpResponse<InputStream> answer = stream(gateway);
      events.tryEmitNext("data: one\n\n");
      String all = new String(answer.body().readAllBytes(), "UTF-8");
      assertThat(all).startsWith("data: one\n\nevent: error\n").contains("upstream_timeout");
      assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** The answer begins with a comment: a server sends its headers only with the first byte. */
  private static Upstream streaming(Flux<String> events, CountDownLatch closed) {
    return Upstream.start(
        routes ->
            routes.post(
                CHAT,
                (request, response) -> {
                  response.withConnection(
                      connection ->
                          connection
                              .channel()
                              .closeFuture()
                              .addListener(end -> closed.countDown()));
                  return request
                      .receive()
                      .aggregate()
                      .then(response.sse().sendString(events).then());
                }));
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  private static HttpResponse<InputStream> stream(Gateway gateway) throws Exception {
    HttpResponse<InputStream> answer =
        gateway
            .client()
            .send(
                gateway
                    .request(CHAT)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"stream\":true}"))
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new String(answer.body().readNBytes(OPENING.length()), "UTF-8")).isEqualTo(OPENING);
    return answer;
  }
}
