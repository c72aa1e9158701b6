package org.omnimamba.gateway.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.omnimamba.gateway.testing.Database;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.omnimamba.web.usage.Usage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client leaves a response that job-service streams: which inference replica had it, the gateway
 * does not know.
 */
@Timeout(300)
class SeveralReplicasTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String DELTA =
      "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
          + "\"delta\":\"a\"}\n\n";
  private static final Usage NOTHING = new Usage(1, 0, 0, 0, 0);

  private static Database database;

  @BeforeAll
  static void start() throws Exception {
    database = Database.create();
  }

  /** An inference replica that tells this of each ticket; an empty answer is that it knows none. */
  private static Upstream replica(Supplier<Mono<Usage>> told) {
    return Upstream.start(
        routes ->
            routes
                .get("/readyz", (request, response) -> response.send())
                .get(
                    "/internal/usage/{ticket}",
                    (request, response) ->
                        told.get()
                            .map(JSON::writeValueAsString)
                            .flatMap(usage -> response.sendString(Mono.just(usage)).then())
                            .switchIfEmpty(Mono.defer(() -> response.status(404).send().then()))));
  }

  /** A job-service whose answers begin and do not end. */
  private static Upstream jobs() {
    return Upstream.start(
        routes ->
            routes
                .get("/readyz", (request, response) -> response.send())
                .post(
                    "/v1/responses",
                    (request, response) ->
                        response
                            .sse()
                            .send(
                                Flux.just(DELTA)
                                    .concatWith(Flux.never())
                                    .map(
                                        text ->
                                            Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)),
                                each -> true)));
  }

  private static String unreachable() throws Exception {
    try (ServerSocket closed = new ServerSocket(0)) {
      return "http://127.0.0.1:" + closed.getLocalPort();
    }
  }

  /** What counts for a tenant whose client left after the first words. */
  private static void expectForAClientThatLeaves(
      String tenant, Usage expected, Upstream... replicas) throws Exception {
    String addresses =
        Stream.concat(Stream.of(unreachable()), Stream.of(replicas).map(Upstream::url))
            .collect(Collectors.joining(","));
    try (Upstream jobs = jobs();
        Gateway gateway = Gateway.start(addresses, jobs.url(), database.settings())) {
      String key =
          JSON.readTree(
                  gateway
                      .post(
                          "/admin/v1/keys", "{\"name\":\"a\",\"tenant\":\"%s\"}".formatted(tenant))
                      .body())
              .path("key")
              .asString();
      HttpResponse<InputStream> answer =
          gateway
              .client()
              .send(
                  gateway
                      .request("/v1/responses")
                      .setHeader("Authorization", "Bearer " + key)
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString("{\"stream\":true}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream events = answer.body()) {
        assertThat(events.readNBytes(DELTA.length())).hasSize(DELTA.length());
      }
      UsageStore store = gateway.bean(UsageStore.class);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(store.ofTenant(tenant, LocalDate.now(ZoneOffset.UTC)).block())
                      .isEqualTo(expected));
    } finally {
      List.of(replicas).forEach(Upstream::close);
    }
  }

  @Test
  void theReplicaThatMadeItIsHeardThoughOthersAnswerBefore() throws Exception {
    Sinks.Empty<Void> refusingIsDone = Sinks.empty();
    Sinks.Empty<Void> strangerIsDone = Sinks.empty();
    Upstream refusing =
        replica(() -> Mono.just(NOTHING).doOnSuccess(told -> refusingIsDone.tryEmitEmpty()));
    Upstream stranger =
        replica(() -> Mono.<Usage>empty().doOnSuccess(told -> strangerIsDone.tryEmitEmpty()));
    Upstream maker =
        replica(
            () ->
                Mono.when(refusingIsDone.asMono(), strangerIsDone.asMono())
                    .thenReturn(new Usage(1, 0, 10, 2, 5)));
    expectForAClientThatLeaves("maker", new Usage(1, 0, 10, 2, 5), refusing, stranger, maker);
  }

  @Test
  void whatTwoHaveMadeForOneRequestIsAddedUp() throws Exception {
    expectForAClientThatLeaves(
        "two",
        new Usage(1, 1, 14, 2, 12),
        replica(() -> Mono.just(new Usage(1, 0, 10, 2, 5))),
        replica(() -> Mono.just(new Usage(1, 1, 4, 0, 7))));
  }

  /** The one that made it is gone. */
  @Test
  void whatTheClientGotCountsWhereOnlyARefusalIsRemembered() throws Exception {
    expectForAClientThatLeaves("gone", new Usage(1, 0, 0, 0, 1), replica(() -> Mono.just(NOTHING)));
  }
}
