package org.omnimamba.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Replicas that die, refuse, fall silent; clients that go away. All over real sockets. */
class RoutingTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String BODY = "{\"messages\":[]}";
  private static final String OPENING = ": open\n\n";
  private static final String NOWHERE = "http://127.0.0.1:1";

  private static final AtomicReference<Behaviour> SCRIPT = new AtomicReference<>();
  private static Upstream scripted;
  private static Gateway shared;

  /** What the scripted service does with its next requests. */
  private interface Behaviour
      extends BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {}

  @BeforeAll
  static void start() {
    scripted =
        Upstream.start(
            routes ->
                routes
                    .get("/readyz", (request, response) -> response.send())
                    .route(
                        request -> true,
                        (request, response) -> SCRIPT.get().apply(request, response)));
    shared = Gateway.start(scripted.url(), scripted.url());
  }

  @AfterAll
  static void stop() {
    shared.close();
    scripted.close();
  }

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
    SCRIPT.set((request, response) -> response.status(503).sendString(Mono.just("no")));
    HttpResponse<String> answer = shared.post(CHAT, BODY);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("no");
  }

  @Test
  void passesAFullQueueOnUnchanged() throws Exception {
    SCRIPT.set(
        (request, response) ->
            response
                .status(429)
                .header("Retry-After", "17")
                .header("Content-Type", "application/json")
                .sendString(Mono.just("{\"error\":\"queue full\"}")));
    HttpResponse<String> answer = shared.post(CHAT, BODY);
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().allValues("retry-after")).containsExactly("17");
    assertThat(answer.body()).isEqualTo("{\"error\":\"queue full\"}");
  }

  @Test
  void neverSendsAJobTwice() throws Exception {
    AtomicInteger received = new AtomicInteger();
    SCRIPT.set(
        (request, response) ->
            request
                .receive()
                .aggregate()
                .then(
                    Mono.fromRunnable(
                        () -> {
                          received.incrementAndGet();
                          response.withConnection(connection -> connection.channel().close());
                        })));
    HttpResponse<String> answer = shared.post("/v1/jobs", "{}");
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    assertThat(received).hasValue(1);
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
                            (request, response) -> response.status(ready.get() ? 200 : 503).send())
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
          .untilAsserted(() -> assertThat(gateway.post(CHAT, BODY).body()).isEqualTo("sometimes"));
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
        Gateway gateway =
            Gateway.start(
                replica.url(),
                NOWHERE,
                "omnimamba.gateway.routing.probe-interval",
                "50ms",
                "omnimamba.gateway.routing.probe-timeout",
                "100ms",
                "omnimamba.gateway.streaming.longest-silence",
                "10m")) {
      HttpResponse<InputStream> whole = stream(gateway);
      script.send("data: one\n\n");
      assertThat(whole.body().readNBytes(11)).hasSize(11);
      answersProbes.set(false);
      assertThat(new String(whole.body().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("event: error\n")
          .contains("stopped answering");

      answersProbes.set(true);
      Replica seen = gateway.bean(Replicas.class).all().get(0);
      await().atMost(Duration.ofSeconds(20)).until(() -> seen.state() == Replica.State.READY);
      HttpResponse<InputStream> half = stream(gateway);
      script.send("data: half");
      assertThat(half.body().readNBytes(10)).hasSize(10);
      answersProbes.set(false);
      assertThatThrownBy(() -> half.body().readAllBytes()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void closesTheUpstreamWhenTheClientGoesAwayBeforeTheAnswer() throws Exception {
    Script script = new Script();
    CountDownLatch begun = new CountDownLatch(1);
    SCRIPT.set(
        (request, response) -> {
          response.withConnection(script::watch);
          return request
              .receive()
              .aggregate()
              .then(Mono.fromRunnable(begun::countDown))
              .then(Mono.never());
        });
    try (Socket socket = new Socket("127.0.0.1", shared.port())) {
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
    assertThat(script.closed.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void closesTheUpstreamWhenTheClientGoesAwayDuringAStream() throws Exception {
    Script script = new Script();
    SCRIPT.set(script);
    HttpResponse<InputStream> answer = stream(shared);
    script.send("data: one\n\n");
    assertThat(answer.body().readNBytes(11)).hasSize(11);
    answer.body().close();
    assertThat(script.closed.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void passesEachEventOnBeforeTheNextOneExists() throws Exception {
    Script script = new Script();
    SCRIPT.set(script);
    HttpResponse<InputStream> answer = stream(shared);
    for (int i = 0; i < 100; i++) {
      String event = i % 10 == 9 ? ": ping\n\n" : "data: " + i + "\n\n";
      script.send(event);
      // Nothing else was sent, so this only returns if the event was not held back.
      assertThat(new String(answer.body().readNBytes(event.length()), StandardCharsets.UTF_8))
          .isEqualTo(event);
    }
    script.events.tryEmitComplete();
    assertThat(answer.body().readAllBytes()).isEmpty();
  }

  @Test
  void endsABrokenStreamWithAnErrorEvent() throws Exception {
    Script script = new Script();
    SCRIPT.set(script);
    HttpResponse<InputStream> answer = stream(shared);
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
    SCRIPT.set(script);
    HttpResponse<InputStream> answer = stream(shared);
    script.send("data: half");
    assertThat(answer.body().readNBytes(10)).hasSize(10);
    script.die();
    assertThatThrownBy(() -> answer.body().readAllBytes()).isInstanceOf(IOException.class);
  }

  @Test
  void endsAStreamThatFellSilent() throws Exception {
    Script script = new Script();
    SCRIPT.set(script);
    try (Gateway impatient =
        Gateway.start(
            scripted.url(), NOWHERE, "omnimamba.gateway.streaming.longest-silence", "500ms")) {
      HttpResponse<InputStream> answer = stream(impatient);
      script.send("data: one\n\n");
      assertThat(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("data: one\n\nevent: error\n")
          .contains("upstream_timeout");
      assertThat(script.closed.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Streams what a test says, when it says so. */
  private static final class Script implements Behaviour {
    private final Sinks.Many<String> events = Sinks.many().multicast().directBestEffort();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Connection connection;

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

    private void watch(Connection served) {
      connection = served;
      served.channel().closeFuture().addListener(end -> closed.countDown());
    }

    private void send(String text) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> events.tryEmitNext(text) == Sinks.EmitResult.OK);
    }

    /** Ends as a process that is killed does. */
    private void die() {
      connection.channel().close();
    }
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
    assertThat(new String(answer.body().readNBytes(OPENING.length()), StandardCharsets.UTF_8))
        .isEqualTo(OPENING);
    return answer;
  }
}
