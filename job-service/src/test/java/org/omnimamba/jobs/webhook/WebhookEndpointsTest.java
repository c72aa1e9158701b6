package org.omnimamba.jobs.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver.Received;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
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
