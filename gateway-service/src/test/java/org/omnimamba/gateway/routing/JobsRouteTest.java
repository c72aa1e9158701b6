package org.omnimamba.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Several job-services, some of them not there, over real sockets. */
class JobsRouteTest {
  private static final String NOWHERE = "http://127.0.0.1:1";

  private final AtomicInteger received = new AtomicInteger();

  private Upstream answering(String answer) {
    return Upstream.start(
        routes ->
            routes.route(
                request -> true,
                (request, response) ->
                    request
                        .receive()
                        .aggregate()
                        .then(response.sendString(Mono.just(answer)).then())));
  }

  private Upstream hangingUp() {
    return Upstream.start(
        routes ->
            routes.route(
                request -> request.uri().startsWith("/v1/"),
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
  }

  @Test
  void jobServicesTakeTurns() throws Exception {
    List<String> answers = new CopyOnWriteArrayList<>();
    try (Upstream one = answering("one");
        Upstream two = answering("two");
        Gateway gateway = Gateway.start(NOWHERE, one.url() + "," + two.url())) {
      for (int i = 0; i < 6; i++) {
        answers.add(gateway.post("/v1/jobs", "{}").body());
      }
      assertThat(answers).containsExactlyInAnyOrder("one", "two", "one", "two", "one", "two");
    }
  }

  @Test
  void anAddressArrivesAsItsClientSpelledIt() throws Exception {
    try (Upstream jobs =
            Upstream.start(
                routes ->
                    routes.route(
                        request -> true,
                        (request, response) -> response.sendString(Mono.just(request.uri()))));
        Gateway gateway = Gateway.start(NOWHERE, jobs.url())) {
      for (String address :
          List.of(
              "/v1/responses/resp_1?include[]=usage",
              "/v1/files?a%5B%5D=b&c[d]=%2F+%C3%A9",
              "/v1/jobs/a?x=1?2")) {
        assertThat(gateway.get(address).body()).isEqualTo(address);
      }
    }
  }

  /** Larger than any body that the gateway reads itself. */
  @Test
  void aFileStreamsThrough() throws Exception {
    int size = 40 << 20;
    AtomicInteger arrived = new AtomicInteger();
    try (Upstream files =
            Upstream.start(
                routes ->
                    routes.route(
                        request -> request.uri().equals("/v1/files"),
                        (request, response) ->
                            request
                                .receive()
                                .doOnNext(part -> arrived.addAndGet(part.readableBytes()))
                                .then(response.sendString(Mono.just("stored")).then())));
        Gateway gateway = Gateway.start(NOWHERE, files.url())) {
      HttpResponse<String> answer =
          gateway
              .client()
              .send(
                  gateway
                      .request("/v1/files")
                      .header("Content-Type", "multipart/form-data; boundary=x")
                      .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[size]))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(answer.body()).isEqualTo("stored");
      assertThat(arrived).hasValue(size);
    }
  }

  /** Nothing of the request was sent to the first, so it is not sent twice. */
  @Test
  void aJobGoesToAnotherAddressWhenOneCannotBeReached() throws Exception {
    try (Upstream good = answering("good");
        Gateway gateway =
            Gateway.start(
                NOWHERE,
                "http://127.0.0.1:2," + good.url(),
                "omnimamba.gateway.routing.probe-interval",
                "1h")) {
      for (int i = 0; i < 4; i++) {
        assertThat(gateway.post("/v1/jobs", "{}").body()).isEqualTo("good");
      }
      assertThat(good.seen()).hasSize(4);
    }
  }

  @Test
  void anAddressThatCannotBeReachedIsTriedAgainAfterAWait() throws Exception {
    Upstream before = answering("before");
    int port = before.port();
    try (Gateway gateway =
        Gateway.start(
            NOWHERE,
            before.url(),
            "omnimamba.gateway.routing.probe-interval",
            "1h",
            "omnimamba.gateway.routing.attempts",
            "10")) {
      before.close();
      var pending =
          gateway
              .client()
              .sendAsync(
                  gateway
                      .request("/v1/jobs")
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString("{}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  gateway.bean(MeterRegistry.class).counter("omnimamba.gateway.retries").count()
                      > 0);
      try (Upstream after =
          Upstream.start(
              "127.0.0.1",
              port,
              routes ->
                  routes.post(
                      "/v1/jobs",
                      (request, response) -> response.sendString(Mono.just("after"))))) {
        assertThat(pending.get(30, TimeUnit.SECONDS).body()).isEqualTo("after");
        assertThat(after.seen()).hasSize(1);
      }
    }
  }

  @Test
  void aJobThatWasSentIsNotSentAgainButReadingIs() throws Exception {
    try (Upstream bad = hangingUp();
        Upstream good = answering("good");
        Gateway gateway = Gateway.start(NOWHERE, bad.url() + "," + good.url())) {
      for (int i = 0; i < 4; i++) {
        assertThat(gateway.get("/v1/jobs/1").body()).isEqualTo("good");
      }
      int reads = received.getAndSet(0);
      assertThat(reads).isPositive();
      int broken = 0;
      for (int i = 0; i < 4; i++) {
        HttpResponse<String> answer = gateway.post("/v1/jobs", "{}");
        broken += answer.statusCode() == 502 ? 1 : 0;
      }
      assertThat(broken).isPositive();
      assertThat(received).hasValue(broken);
    }
  }

  /** A job-service that is cut off keeps its connections and says nothing. */
  @Test
  void aSilentJobServiceIsNotWaitedForLongUnlessTheClientWants() throws Exception {
    try (Upstream silent =
            Upstream.start(
                routes ->
                    routes
                        .get("/readyz", (request, response) -> response.send())
                        .route(
                            request -> "wait=2".equals(request.requestHeaders().get("Prefer")),
                            (request, response) ->
                                response.sendString(
                                    Mono.delay(Duration.ofMillis(1200), Schedulers.parallel())
                                        .thenReturn("done")))
                        .route(request -> true, (request, response) -> Mono.never()));
        Gateway gateway =
            Gateway.start(NOWHERE, silent.url(), "omnimamba.gateway.routing.jobs-timeout", "1s")) {
      HttpResponse<String> answer = gateway.post("/v1/jobs", "{}");
      assertThat(answer.statusCode()).isEqualTo(504);
      assertThat(answer.body()).contains("upstream_timeout");
      assertThat(gateway.get("/v1/webhook-endpoints").statusCode()).isEqualTo(504);
      HttpResponse<String> waited =
          gateway.send(
              gateway
                  .request("/v1/jobs")
                  .header("Content-Type", "application/json")
                  .header("Prefer", "wait=2")
                  .POST(HttpRequest.BodyPublishers.ofString("{}")));
      assertThat(waited.statusCode()).isEqualTo(200);
      assertThat(waited.body()).isEqualTo("done");
    }
  }
}
