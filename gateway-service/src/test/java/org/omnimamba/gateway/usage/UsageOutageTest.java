package org.omnimamba.gateway.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.omnimamba.gateway.testing.Database;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.omnimamba.web.database.CutNetwork;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** What a gateway tells of usage while its database is away, after that, and how often. */
@Timeout(300)
class UsageOutageTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final JsonMapper JSON = new JsonMapper();
  private static final String ANSWER =
      "{\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4}}";

  private static Upstream service;

  @BeforeAll
  static void start() {
    service =
        Upstream.start(
            routes ->
                routes
                    .get("/readyz", (request, response) -> response.send())
                    .post(
                        "/v1/chat/completions",
                        (request, response) ->
                            request
                                .receive()
                                .then(
                                    response
                                        .header("Content-Type", "application/json")
                                        .sendString(Mono.just(ANSWER))
                                        .then())));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void itKeepsWhatItCountsAndTellsAllOfItWithItsFirstAnswerAfterwards() throws Exception {
    Database database = Database.create();
    try (CutNetwork network = new CutNetwork(database.port());
        Gateway gateway =
            Gateway.start(service.url(), service.url(), database.settingsThrough(network.port()))) {
      UsageBook book = gateway.bean(UsageBook.class);
      await().atMost(PATIENCE).until(() -> gateway.get("/v1/usage").statusCode() == 200);
      network.cut();
      chat(gateway, book, 1);
      HttpResponse<String> refused = gateway.get("/v1/usage");
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
      assertThat(refused.body()).contains("usage_unavailable");
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      // the first is on a page by now whose writing fails, the second is not
      chat(gateway, book, 2);

      network.mend();
      AtomicReference<String> first = new AtomicReference<>();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                HttpResponse<String> answer = gateway.get("/v1/usage");
                first.set(answer.body());
                return answer.statusCode() == 200;
              });
      assertThat(JSON.readTree(first.get()).path("requests").asInt()).isEqualTo(2);
      assertThat(JSON.readTree(first.get()).path("output_tokens").asInt()).isEqualTo(8);
    }
  }

  private static void chat(Gateway gateway, UsageBook book, long unwritten) throws Exception {
    assertThat(gateway.post("/v1/chat/completions", "{}").statusCode()).isEqualTo(200);
    await().atMost(PATIENCE).until(() -> book.unwrittenRequests() == unwritten);
  }

  @Test
  void aQuestionIsOneOfTheRequestsThatATenantMayMake() throws Exception {
    Database database = Database.create();
    try (Gateway gateway =
        Gateway.start(
            service.url(),
            service.url(),
            database.settings("omnimamba.gateway.limits.everyone.requests-per-minute", "1"))) {
      HttpResponse<String> answer = gateway.get("/v1/usage");
      assertThat(answer.headers().firstValue("x-ratelimit-limit-requests")).contains("1");
      HttpResponse<String> refused = gateway.get("/v1/usage");
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    }
  }
}
