package org.omnimamba.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Database;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

/** Limits as clients meet them; each test is a tenant of its own. */
class LimitsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String CHAT = "/v1/chat/completions";
  private static final String IMAGES = "/v1/images/generations";
  private static final String RESPONSES = "/v1/responses";

  static Upstream inference;
  static Gateway gateway;
  static volatile Sinks.One<String> picture = Sinks.one();

  @BeforeAll
  static void start() throws Exception {
    inference =
        Upstream.start(
            routes ->
                routes
                    .get("/v1/models", (request, response) -> response.sendString(Mono.just("{}")))
                    .post(
                        CHAT,
                        (request, response) ->
                            request
                                .receive()
                                .aggregate()
                                .asString()
                                .flatMap(
                                    body ->
                                        body.contains("fail")
                                            ? response.status(400).send().then()
                                            : response
                                                .header("Content-Type", "application/json")
                                                .sendString(
                                                    Mono.just(
                                                        "{\"usage\":{\"completion_tokens\":10}}"))
                                                .then()))
                    .post(
                        IMAGES,
                        (request, response) ->
                            request
                                .receive()
                                .aggregate()
                                .then(response.sendString(picture.asMono()).then())));
    gateway =
        Gateway.start(
            inference.url(),
            "http://127.0.0.1:1",
            Database.create()
                .settings(
                    "omnimamba.gateway.limits.tenants.few.requests-per-minute", "3",
                    "omnimamba.gateway.limits.tenants.short.tokens-per-minute", "100",
                    "omnimamba.gateway.limits.tenants.settled.tokens-per-minute", "100",
                    "omnimamba.gateway.limits.tenants.responder.tokens-per-minute", "100",
                    "omnimamba.gateway.limits.tenants.failed.tokens-per-minute", "100",
                    "omnimamba.gateway.limits.tenants.painter.images-in-flight", "2"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    inference.close();
  }

  private static String key(String tenant) throws Exception {
    HttpResponse<String> made =
        gateway.post("/admin/v1/keys", "{\"name\":\"limits\",\"tenant\":\"" + tenant + "\"}");
    return JSON.readTree(made.body()).get("key").asString();
  }

  private static HttpRequest.Builder request(String key, String path) {
    return gateway.request(path).setHeader("Authorization", "Bearer " + key);
  }

  private static HttpResponse<String> post(String key, String path, String body) throws Exception {
    return gateway.send(
        request(key, path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse(null);
  }

  @Test
  void requestsPerMinute() throws Exception {
    String key = key("few");
    for (int left = 2; left >= 0; left--) {
      HttpResponse<String> answer = gateway.send(request(key, "/v1/models").GET());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(header(answer, "x-ratelimit-limit-requests")).isEqualTo("3");
      assertThat(header(answer, "x-ratelimit-remaining-requests")).isEqualTo("" + left);
      assertThat(header(answer, "x-ratelimit-reset-requests")).matches("(\\d+m)?[\\d.]+s");
    }
    HttpResponse<String> refused = gateway.send(request(key, "/v1/models").GET());
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body())
        .contains("\"type\":\"requests\"", "\"code\":\"rate_limit_exceeded\"", "3 requests");
    assertThat(header(refused, "x-ratelimit-remaining-requests")).isEqualTo("0");
    assertThat(header(refused, "openai-processing-ms")).matches("\\d+");
    // Three a minute: one every 20 seconds.
    assertThat(Integer.parseInt(header(refused, "retry-after"))).isBetween(1, 20);
    long millis = Long.parseLong(header(refused, "retry-after-ms"));
    assertThat(Integer.parseInt(header(refused, "retry-after")))
        .isEqualTo((int) ((millis + 999) / 1000));

    HttpResponse<String> jobs = gateway.send(request(key, "/v1/jobs").GET());
    assertThat(jobs.statusCode()).isEqualTo(429);
    assertThat(header(jobs, "content-type")).isEqualTo("application/problem+json");

    assertThat(gateway.get("/v1/models").statusCode()).as("another tenant").isEqualTo(200);
  }

  @Test
  void tokensPerMinuteAreReservedByWhatIsAskedFor() throws Exception {
    String key = key("short");
    HttpResponse<String> first = post(key, CHAT, "{\"max_tokens\":60}");
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(header(first, "x-ratelimit-limit-tokens")).isEqualTo("100");
    assertThat(header(first, "x-ratelimit-remaining-tokens")).isEqualTo("40");
    // Ten of the 60 were generated, so 90 are left; 95 are asked for.
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              HttpResponse<String> second = post(key, CHAT, "{\"max_completion_tokens\":100}");
              assertThat(second.statusCode()).isEqualTo(429);
              assertThat(second.body()).contains("\"type\":\"tokens\"");
              assertThat(Long.parseLong(header(second, "retry-after-ms"))).isBetween(1L, 7_000L);
            });
  }

  @Test
  void whatWasNotGeneratedIsGivenBack() throws Exception {
    String key = key("settled");
    for (int i = 0; i < 6; i++) {
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> post(key, CHAT, "{\"max_tokens\":40}").statusCode() == 200);
    }
  }

  @Test
  void aRequestThatFailedCostsNoTokens() throws Exception {
    String key = key("failed");
    for (int i = 0; i < 5; i++) {
      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> post(key, CHAT, "{\"max_tokens\":100,\"user\":\"fail\"}").statusCode() == 400);
    }
  }

  @Test
  void aResponseCostsWhatItCanGenerateUnlessItIsAJob() throws Exception {
    String key = key("responder");
    String left = "x-ratelimit-remaining-tokens";
    String job = "{\"max_output_tokens\":9,\"background\":true}";
    // nobody answers, so what is taken is given back
    assertThat(header(post(key, RESPONSES, job), left)).isNull();
    String text = "{\"max_output_tokens\":9}";
    assertThat(header(post(key, RESPONSES, text), left)).isEqualTo("91");
    String drawing = "{\"max_output_tokens\":9,\"tools\":[{\"type\":\"image_generation\"}]}";
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> "0".equals(header(post(key, RESPONSES, drawing), left)));
  }

  @Test
  void imagesInFlight() throws Exception {
    picture = Sinks.one();
    String key = key("painter");
    List<CompletableFuture<HttpResponse<String>>> drawing = new ArrayList<>();
    int seen = inference.seen().size();
    for (int i = 0; i < 2; i++) {
      drawing.add(
          gateway
              .client()
              .sendAsync(
                  request(key, IMAGES)
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"x\"}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString()));
    }
    await().atMost(Duration.ofSeconds(10)).until(() -> inference.seen().size() >= seen + 2);

    HttpResponse<String> refused = post(key, IMAGES, "{\"prompt\":\"x\"}");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("\"type\":\"images\"");
    assertThat(header(refused, "retry-after")).isEqualTo("1");
    assertThat(post(key, CHAT, "{}").statusCode()).as("text is not concerned").isEqualTo(200);

    picture.tryEmitValue("{\"usage\":{\"output_tokens\":256}}");
    for (CompletableFuture<HttpResponse<String>> one : drawing) {
      assertThat(one.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> post(key, IMAGES, "{\"prompt\":\"x\"}").statusCode() == 200);
  }

  @Test
  void aClientThatGoesAwayFreesItsPicture() throws Exception {
    picture = Sinks.one();
    String key = key("painter");
    for (int i = 0; i < 3; i++) {
      int seen = inference.seen().size();
      CompletableFuture<HttpResponse<String>> drawing =
          gateway
              .client()
              .sendAsync(
                  request(key, IMAGES)
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"x\",\"n\":2}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> inference.seen().size() > seen || drawing.isDone());
      if (drawing.isDone()) {
        // The one before is still being cleared away.
        assertThat(drawing.join().statusCode()).isEqualTo(429);
        i--;
      } else {
        drawing.cancel(true);
      }
    }
  }
}
