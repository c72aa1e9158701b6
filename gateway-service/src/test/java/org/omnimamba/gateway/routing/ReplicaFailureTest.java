package org.omnimamba.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.omnimamba.web.replica.Replica;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * Replicas that die, refuse or are not there before the first byte of an answer, over real sockets.
 */
class ReplicaFailureTest {
  private static final String CHAT = Scripted.CHAT;
  private static final String BODY = "{\"messages\":[]}";
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
  void triesAnotherReplicaWhenOneIsNotThere() throws Exception {
    try (Upstream good = answering("good");
        Gateway own = Gateway.start(NOWHERE + "," + good.url(), NOWHERE)) {
      for (int i = 0; i < 6; i++) {
        HttpResponse<String> answer = own.post(CHAT, BODY);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("good");
      }
    }
  }

  @Test
  void triesAnotherReplicaWhenOneDiesBeforeItsFirstByte() throws Exception {
    try (Upstream bad = hangingUp();
        Upstream good = answering("good");
        Gateway own = Gateway.start(bad.url() + "," + good.url(), NOWHERE)) {
      for (int i = 0; i < 12; i++) {
        assertThat(own.post(CHAT, BODY).body()).isEqualTo("good");
      }
      assertThat(bad.seen()).isNotEmpty();
    }
  }

  @Test
  void triesAnotherReplicaWhenOneRefusesToServe() throws Exception {
    List<Connection> refused = new CopyOnWriteArrayList<>();
    try (Upstream bad = refusing(refused);
        Upstream good = answering("good");
        Gateway own = Gateway.start(bad.url() + "," + good.url(), NOWHERE)) {
      for (int i = 0; i < 12; i++) {
        assertThat(own.post(CHAT, BODY).body()).isEqualTo("good");
      }
      assertThat(bad.seen()).isNotEmpty();
      // Nobody read those answers, and still no connection stays behind.
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> refused.stream().allMatch(Connection::isDisposed));
    }
  }

  @Test
  void saysThatTheOnlyReplicaBrokeOff() throws Exception {
    service.does(
        (request, response) ->
            request
                .receive()
                .aggregate()
                .then(
                    Mono.fromRunnable(
                        () ->
                            response.withConnection(connection -> connection.channel().close()))));
    HttpResponse<String> answer = gateway.post(CHAT, BODY);
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains("\"type\":\"server_error\"", "upstream_failed");
  }

  @Test
  void endsCleanlyWhenNoReplicaIsLeft() throws Exception {
    try (Gateway own = Gateway.start(NOWHERE + ",http://127.0.0.1:2", NOWHERE)) {
      HttpResponse<String> answer = own.post(CHAT, BODY);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).contains("1");
      assertThat(answer.body()).contains("\"type\":\"server_error\"", "service_unavailable");
      HttpResponse<String> jobs = own.get("/v1/jobs");
      assertThat(jobs.statusCode()).isEqualTo(503);
      assertThat(jobs.headers().firstValue("content-type")).contains("application/problem+json");
      assertThat(jobs.headers().firstValue("retry-after")).contains("1");
    }
  }

  @Test
  void passesARefusalOfTheOnlyReplicaOn() throws Exception {
    service.does((request, response) -> response.status(503).sendString(Mono.just("no")));
    HttpResponse<String> answer = gateway.post(CHAT, BODY);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("no");
  }

  @Test
  void passesAFullQueueOnUnchanged() throws Exception {
    service.does(
        (request, response) ->
            response
                .status(429)
                .header("Retry-After", "17")
                .header("Content-Type", "application/json")
                .sendString(Mono.just("{\"error\":\"queue full\"}")));
    HttpResponse<String> answer = gateway.post(CHAT, BODY);
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().allValues("retry-after")).containsExactly("17");
    assertThat(answer.body()).isEqualTo("{\"error\":\"queue full\"}");
  }

  @Test
  void neverSendsAJobTwice() throws Exception {
    AtomicInteger received = new AtomicInteger();
    service.does(
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
    HttpResponse<String> answer = gateway.post("/v1/jobs", "{}");
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
        Gateway own =
            Gateway.start(
                sometimes.url() + "," + always.url(),
                NOWHERE,
                "omnimamba.gateway.routing.probe-interval",
                "50ms")) {
      Replica watched = own.bean(Upstreams.class).inferenceReplicas().replicas().all().get(0);
      await().atMost(Duration.ofSeconds(20)).until(() -> watched.state() == Replica.State.REFUSING);
      for (int i = 0; i < 10; i++) {
        assertThat(own.post(CHAT, BODY).body()).isEqualTo("always");
      }
      ready.set(true);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(own.post(CHAT, BODY).body()).isEqualTo("sometimes"));
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
        Gateway own =
            Gateway.start(
                replica.url(),
                NOWHERE,
                "omnimamba.gateway.routing.probe-interval",
                "50ms",
                "omnimamba.gateway.routing.probe-timeout",
                "100ms")) {
      CompletableFuture<HttpResponse<String>> pending =
          own.client()
              .sendAsync(
                  own.request(CHAT)
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

  private static Upstream refusing(List<Connection> connections) {
    return Upstream.start(
        routes ->
            routes.post(
                CHAT,
                (request, response) ->
                    response
                        .withConnection(connections::add)
                        .status(503)
                        .sendString(Mono.just("no"))));
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
}
