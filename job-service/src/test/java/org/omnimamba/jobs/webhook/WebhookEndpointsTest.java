package org.omnimamba.jobs.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver.Received;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** Registered receivers and their secrets. */
class WebhookEndpointsTest {
  private final WebhookScenario hooks = new WebhookScenario();
  private final TestService service = hooks.service;
  private final TestDatabase database = service.database();
  private final WebhookReceiver receiver = hooks.receiver;
  private final WebTestClient client = hooks.client;

  @AfterEach
  void stop() {
    hooks.close();
  }

  @Test
  void whileASecretIsRotatedBothVerifyAndThenOnlyTheNewOne() {
    JsonNode endpoint = hooks.register(Map.of("url", receiver.url("/rotating")));
    String old = endpoint.path("secret").stringValue();
    String path = "/v1/webhook-endpoints/" + endpoint.path("id").stringValue();
    JsonNode rotated =
        client
            .post()
            .uri(path + "/rotate-secret")
            .exchange()
            .expectStatus()
            .isOk()
            .expectHeader()
            .valueEquals("Cache-Control", "no-store")
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody();
    String fresh = rotated.path("secret").stringValue();
    assertThat(fresh).startsWith("whsec_").isNotEqualTo(old);
    receiver.verifying(fresh);
    assertThat(rotated.has("previous_valid_until")).isTrue();
    Jobs.submit(client, Jobs.image("during"));
    Received during = hooks.awaitReceived(1);
    assertThat(during.verifies(old)).isTrue();
    assertThat(during.verifies(fresh)).isTrue();
    database.advance(Duration.ofHours(25));
    Jobs.submit(client, Jobs.image("after"));
    Received after = hooks.awaitReceived(2);
    assertThat(after.verifies(old)).isFalse();
    assertThat(after.verifies(fresh)).isTrue();
    assertThat(Jobs.get(client, path).has("secret")).isFalse();
    assertThat(Jobs.get(client, "/v1/webhook-endpoints").toString()).doesNotContain("whsec_");
  }

  @Test
  void eachSecretSignsForItsOwnTimeHoweverOftenItsSuccessorsAreReplaced() {
    JsonNode endpoint = hooks.register(Map.of("url", receiver.url("/often")));
    String first = endpoint.path("secret").stringValue();
    String path = "/v1/webhook-endpoints/" + endpoint.path("id").stringValue();
    String second = rotate(path + "/rotate-secret");
    database.advance(Duration.ofHours(12));
    String third = rotate(path + "/rotate-secret");
    Jobs.submit(client, Jobs.image("all three"));
    assertThat(hooks.awaitReceived(1))
        .matches(message -> message.verifies(first))
        .matches(message -> message.verifies(second))
        .matches(message -> message.verifies(third));

    database.advance(Duration.ofHours(13));
    Jobs.submit(client, Jobs.image("the first has had its day"));
    assertThat(hooks.awaitReceived(2))
        .matches(message -> !message.verifies(first))
        .matches(message -> message.verifies(second))
        .matches(message -> message.verifies(third));

    database.advance(Duration.ofHours(12));
    Jobs.submit(client, Jobs.image("only the newest"));
    assertThat(hooks.awaitReceived(3))
        .matches(message -> !message.verifies(second))
        .matches(message -> message.verifies(third));
  }

  @Test
  void noMoreThanTenSecretsSignAtOnce() {
    JsonNode endpoint = hooks.register(Map.of("url", receiver.url("/too-often")));
    String own = "/v1/webhook-endpoints/" + endpoint.path("id").stringValue() + "/rotate-secret";
    rotateDefault(HttpStatus.CREATED);
    for (int i = 1; i < 10; i++) {
      rotate(own);
      rotateDefault(HttpStatus.OK);
    }
    for (String path : List.of(own, "/v1/webhook-endpoints/default-secret")) {
      client
          .post()
          .uri(path)
          .exchange()
          .expectStatus()
          .isEqualTo(HttpStatus.CONFLICT)
          .expectHeader()
          .valueMatches("Retry-After", "86[34][0-9]{2}")
          .expectHeader()
          .contentType(MediaType.APPLICATION_PROBLEM_JSON);
    }
    Jobs.submit(client, Jobs.image("ten signatures"));
    Received got = hooks.awaitReceived(1);
    assertThat(got.headers().get("webhook-signature").split(" ")).hasSize(10);
    assertThat(got.verifies(endpoint.path("secret").stringValue())).isTrue();
    database.advance(Duration.ofHours(25));
    rotate(own);
    rotateDefault(HttpStatus.OK);
  }

  private String rotate(String path) {
    String secret =
        client
            .post()
            .uri(path)
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody()
            .path("secret")
            .stringValue();
    receiver.verifying(secret);
    return secret;
  }

  private void rotateDefault(HttpStatus expected) {
    client
        .post()
        .uri("/v1/webhook-endpoints/default-secret")
        .exchange()
        .expectStatus()
        .isEqualTo(expected);
  }

  @Test
  void changesOfDifferentMembersMadeAtOnceAreAllKept() {
    JsonNode endpoint = hooks.register(Map.of("url", receiver.url("/changed")));
    String path = "/v1/webhook-endpoints/" + endpoint.path("id").stringValue();
    for (int round = 0; round < 20; round++) {
      boolean off = round % 2 == 0;
      Map<String, Object> wanted =
          Map.of(
              "url",
              receiver.url("/changed/" + round),
              "events",
              List.of(off ? "job.failed" : "job.completed"),
              "description",
              "round " + round,
              "status",
              off ? "disabled" : "enabled");
      List<HttpStatusCode> answers =
          Flux.fromIterable(wanted.entrySet())
              .flatMap(
                  member ->
                      Mono.fromCallable(
                              () -> patch(path, Map.of(member.getKey(), member.getValue())))
                          .subscribeOn(Schedulers.boundedElastic()))
              .collectList()
              .block(Jobs.PATIENCE);
      assertThat(answers).hasSize(4).containsOnly(HttpStatus.OK);
      JsonNode now = Jobs.get(client, path);
      assertThat(now.path("url").stringValue()).isEqualTo(wanted.get("url"));
      assertThat(now.path("events").path(0).stringValue())
          .isEqualTo(off ? "job.failed" : "job.completed");
      assertThat(now.path("description").stringValue()).isEqualTo(wanted.get("description"));
      assertThat(now.path("status").stringValue()).isEqualTo(wanted.get("status"));
    }
  }

  private HttpStatusCode patch(String path, Map<String, Object> change) {
    return client
        .patch()
        .uri(path)
        .bodyValue(change)
        .exchange()
        .returnResult(Void.class)
        .getStatus();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"url\":5} | /url",
        "{\"url\":\"https://example.com/\\ud800\"} | /url",
        "{\"url\":\"https://example.com/\",\"description\":1.50} | /description",
        "{\"url\":\"https://example.com/\",\"description\":\"\\udc00x\"} | /description",
        "{\"url\":\"https://example.com/\",\"description\":true} | /description",
        "{\"url\":\"https://example.com/\",\"events\":\"job.failed\"} | /events",
        "{\"url\":\"https://example.com/\",\"events\":\"\"} | /events",
        "{\"url\":\"https://example.com/\",\"events\":[null]} | /events",
        "{\"url\":\"https://example.com/\",\"events\":[7]} | /events/0"
      })
  void aMemberOfAnotherTypeIsNamed(String body, String pointer) {
    for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.PATCH)) {
      String path = method == HttpMethod.POST ? "" : "/01890000-0000-7000-8000-000000000000";
      client
          .method(method)
          .uri("/v1/webhook-endpoints" + path)
          .contentType(MediaType.APPLICATION_JSON)
          .bodyValue(body)
          .exchange()
          .expectStatus()
          .isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT)
          .expectBody()
          .jsonPath("$.errors[0].pointer")
          .isEqualTo(pointer.strip());
    }
  }

  @Test
  void receiversAreManagedByTheirTenantOnly() {
    JsonNode endpoint =
        hooks.register(Map.of("url", receiver.url("/managed"), "description", "the shop"));
    String path = "/v1/webhook-endpoints/" + endpoint.path("id").stringValue();
    WebTestClient other = service.client("somebody-else");
    other.get().uri(path).exchange().expectStatus().isNotFound();
    other.delete().uri(path).exchange().expectStatus().isNotFound();
    other.post().uri(path + "/rotate-secret").exchange().expectStatus().isNotFound();
    other
        .patch()
        .uri(path)
        .bodyValue(Map.of("status", "disabled"))
        .exchange()
        .expectStatus()
        .isNotFound();
    other.get().uri(path + "/deliveries").exchange().expectStatus().isNotFound();
    client
        .patch()
        .uri(path)
        .bodyValue(Map.of("events", List.of("job.failed"), "status", "disabled"))
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.disabled_reason")
        .isEqualTo("disabled by its owner")
        .jsonPath("$.description")
        .isEqualTo("the shop");
    for (Map<String, Object> wrong :
        List.<Map<String, Object>>of(
            Map.of("url", "https://169.254.169.254/"),
            Map.of("events", List.of()),
            Map.of("events", List.of("job.exploded")),
            Map.of("status", "asleep"),
            Map.of("description", "x".repeat(257)))) {
      client
          .patch()
          .uri(path)
          .bodyValue(wrong)
          .exchange()
          .expectStatus()
          .isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
    }
    assertThat(Jobs.get(client, path + "/deliveries").path("data").size()).isZero();
    client.delete().uri(path).exchange().expectStatus().isNoContent();
    client.get().uri(path).exchange().expectStatus().isNotFound();
    assertThat(
            database.number(
                "SELECT count(*) FROM webhook_secret WHERE id NOT IN"
                    + " (SELECT secret_id FROM webhook_endpoint UNION"
                    + " SELECT secret_id FROM webhook_tenant_secret)"))
        .isZero();
  }

  @Test
  void firstDefaultSecretsThatAreAskedForAtOnceAreAllGiven() {
    List<HttpStatusCode> answers =
        Flux.range(0, 8)
            .flatMap(
                i ->
                    Mono.fromCallable(
                            () ->
                                client
                                    .post()
                                    .uri("/v1/webhook-endpoints/default-secret")
                                    .exchange()
                                    .returnResult(Void.class)
                                    .getStatus())
                        .subscribeOn(Schedulers.boundedElastic()),
                8)
            .collectList()
            .block(Jobs.PATIENCE);
    assertThat(answers).hasSize(8).allMatch(HttpStatusCode::is2xxSuccessful);
  }

  @Test
  void secretsRestSealed() {
    JsonNode endpoint = hooks.register(Map.of("url", receiver.url("/sealed")));
    byte[] key =
        Base64.getDecoder()
            .decode(endpoint.path("secret").stringValue().substring("whsec_".length()));
    String hex = HexFormat.of().formatHex(key);
    assertThat(
            database.number(
                "SELECT count(*) FROM webhook_secret WHERE position('"
                    + hex
                    + "' in encode(sealed, 'hex')) > 0"))
        .isZero();
  }
}
