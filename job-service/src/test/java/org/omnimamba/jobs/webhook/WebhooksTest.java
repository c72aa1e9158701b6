package org.omnimamba.jobs.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver.Received;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Webhooks from the end of a job to the receiver, through the API, the queue and the clock. */
class WebhooksTest {
  private static final List<Duration> SCHEDULE =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(5),
          Duration.ofHours(10),
          Duration.ofHours(14),
          Duration.ofHours(20),
          Duration.ofHours(24));

  private final TestService service = TestService.shared();
  private final TestDatabase database = service.database();
  private final WebhookReceiver receiver = new WebhookReceiver();
  private WebTestClient client;

  @BeforeEach
  void reset() {
    service.inference().reset();
    client = service.client("hooks-" + java.util.UUID.randomUUID());
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  @Test
  void aRegisteredReceiverIsToldWithAVerifiableThinMessage() {
    JsonNode endpoint = register(Map.of("url", receiver.url("/hook")));
    String secret = endpoint.path("secret").stringValue();
    String job =
        Jobs.submitForId(
            client, Jobs.with(Jobs.image("told"), "metadata", Map.of("order", "4711")));
    Received got = awaitReceived(1);
    assertThat(got.verifies(secret)).isTrue();
    assertThat(got.id()).startsWith("msg_");
    JsonNode body = new JsonMapper().readTree(got.body());
    assertThat(body.path("type").stringValue()).isEqualTo("job.completed");
    assertThat(Instant.parse(body.path("timestamp").stringValue())).isNotNull();
    JsonNode data = body.path("data");
    assertThat(data.path("id").stringValue()).isEqualTo(job);
    assertThat(data.path("status").stringValue()).isEqualTo("completed");
    assertThat(data.path("url").stringValue()).isEqualTo("http://localhost:8080/v1/jobs/" + job);
    assertThat(data.path("content_url").stringValue()).endsWith("/content");
    assertThat(data.path("metadata").path("order").stringValue()).isEqualTo("4711");
    assertThat(data.has("result")).isFalse();
    String delivery = onlyDelivery(job);
    JsonNode seen = awaitDelivery(delivery, "delivered");
    assertThat(seen.path("webhook_id").stringValue()).isEqualTo(got.id());
    assertThat(seen.path("attempts").size()).isEqualTo(1);
    assertThat(seen.path("attempts").path(0).path("http_status").asInt()).isEqualTo(204);
  }

  @Test
  void onlyTheEventsThatAreWantedAreTold() {
    register(Map.of("url", receiver.url("/failed"), "events", List.of("job.failed")));
    register(
        Map.of("url", receiver.url("/both"), "events", List.of("job.failed", "job.completed")));
    service
        .inference()
        .answering(
            FakeInference::complete, FakeInference.error(400, "invalid_request_error", "no"));
    String first = Jobs.submitForId(client, Jobs.image("completes"));
    Jobs.awaitStatus(client, first, "completed");
    String second = Jobs.submitForId(client, Jobs.image("fails"));
    Jobs.awaitStatus(client, second, "failed");
    awaitReceived(3);
    assertThat(receiver.received())
        .extracting(Received::path)
        .filteredOn("/both"::equals)
        .hasSize(2);
    Received failed =
        receiver.received().stream()
            .filter(r -> r.path().equals("/failed"))
            .findFirst()
            .orElseThrow();
    assertThat(failed.body()).contains("\"job.failed\"", second).doesNotContain("content_url");
    assertThat(receiver.received()).extracting(Received::id).doesNotHaveDuplicates();
  }

  @Test
  void aReceiverThatIsDownIsTriedExactlyByTheSchedule() {
    receiver.answering(500);
    register(Map.of("url", receiver.url("/down")));
    String job = Jobs.submitForId(client, Jobs.image("down"));
    Jobs.awaitStatus(client, job, "completed");
    String delivery = onlyDelivery(job);
    Instant due = Instant.MIN;
    for (int made = 1; made <= SCHEDULE.size(); made++) {
      JsonNode attempt = awaitAttempt(delivery, made);
      Instant at = Instant.parse(attempt.path("at").stringValue());
      Instant next = Instant.parse(attempt.path("next_at").stringValue());
      Duration wait = SCHEDULE.get(made - 1);
      assertThat(at).as("attempt %d before its time", made).isAfterOrEqualTo(due);
      assertThat(Duration.between(at, next))
          .as("wait after attempt %d", made)
          .isBetween(wait, wait.plus(wait.dividedBy(10)).plusMillis(1));
      due = next;
      service.skipWait(delivery);
    }
    JsonNode end = awaitDelivery(delivery, "failed");
    assertThat(end.path("attempts").size()).isEqualTo(10);
    assertThat(end.path("attempts").path(9).has("next_at")).isFalse();
    assertThat(receiver.received())
        .hasSize(10)
        .extracting(Received::id)
        .containsOnly("msg_" + delivery);
  }

  @Test
  void aReceiverThatAsksForMoreTimeGetsIt() {
    receiver.answering(
        (request, response) -> response.status(503).header("retry-after", "600").send());
    register(Map.of("url", receiver.url("/later")));
    String delivery = deliveryOf("later");
    JsonNode attempt = awaitAttempt(delivery, 1);
    assertThat(
            Duration.between(
                    Instant.parse(attempt.path("at").stringValue()),
                    Instant.parse(attempt.path("next_at").stringValue()))
                .toSeconds())
        .isEqualTo(600);
  }

  @Test
  void aReceiverThatIsGoneIsDisabled() {
    receiver.answering(410);
    JsonNode endpoint = register(Map.of("url", receiver.url("/gone")));
    String delivery = deliveryOf("gone");
    assertThat(awaitDelivery(delivery, "failed").path("attempts").size()).isEqualTo(1);
    String path = "/v1/webhook-endpoints/" + endpoint.path("id").stringValue();
    JsonNode disabled = Jobs.get(client, path);
    assertThat(disabled.path("status").stringValue()).isEqualTo("disabled");
    assertThat(disabled.path("disabled_reason").stringValue()).contains("410");
    String job = Jobs.submitForId(client, Jobs.image("untold"));
    Jobs.awaitStatus(client, job, "completed");
    assertThat(Jobs.get(client, "/v1/jobs/{id}/deliveries", job).path("data").size()).isZero();
    client
        .patch()
        .uri(path)
        .bodyValue(Map.of("status", "enabled"))
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("enabled");
    receiver.answering(204);
    awaitDelivery(deliveryOf("told again"), "delivered");
  }

  @Test
  void slowResettingAndRedirectingReceiversHaveFailed() {
    try (WebhookReceiver elsewhere = new WebhookReceiver()) {
      List<WebhookReceiver.Answer> answers = new ArrayList<>();
      answers.add((request, response) -> Mono.never());
      answers.add(
          (request, response) -> {
            response.withConnection(c -> c.channel().close());
            return Mono.never();
          });
      answers.add(
          (request, response) ->
              response.status(302).header("location", elsewhere.url("/")).send());
      answers.add((request, response) -> response.status(200).send());
      java.util.concurrent.atomic.AtomicInteger turn =
          new java.util.concurrent.atomic.AtomicInteger();
      receiver.answering(
          (request, response) -> answers.get(turn.getAndIncrement()).to(request, response));
      register(Map.of("url", receiver.url("/unsteady")));
      String delivery = deliveryOf("unsteady");
      for (int made = 1; made <= 3; made++) {
        awaitAttempt(delivery, made);
        service.skipWait(delivery);
      }
      JsonNode end = awaitDelivery(delivery, "delivered");
      List<String> errors = new ArrayList<>();
      end.path("attempts").forEach(a -> errors.add(a.path("error").asString("-")));
      assertThat(errors).containsExactly("timeout", "connection lost", "redirect refused", "-");
      assertThat(elsewhere.connections()).isZero();
    }
  }

  @Test
  void whileASecretIsRotatedBothVerifyAndThenOnlyTheNewOne() {
    JsonNode endpoint = register(Map.of("url", receiver.url("/rotating")));
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
    assertThat(rotated.has("previous_valid_until")).isTrue();
    Jobs.submit(client, Jobs.image("during"));
    Received during = awaitReceived(1);
    assertThat(during.verifies(old)).isTrue();
    assertThat(during.verifies(fresh)).isTrue();
    database.advance(Duration.ofHours(25));
    Jobs.submit(client, Jobs.image("after"));
    Received after = awaitReceived(2);
    assertThat(after.verifies(old)).isFalse();
    assertThat(after.verifies(fresh)).isTrue();
    assertThat(Jobs.get(client, path).has("secret")).isFalse();
    assertThat(Jobs.get(client, "/v1/webhook-endpoints").toString()).doesNotContain("whsec_");
  }

  @Test
  void aWebhookGivenWithAJobIsSignedWithTheTenantsSecret() {
    client.get().uri("/v1/webhook-endpoints/default-secret").exchange().expectStatus().isNotFound();
    JsonNode made =
        client
            .post()
            .uri("/v1/webhook-endpoints/default-secret")
            .exchange()
            .expectStatus()
            .isCreated()
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody();
    String secret = made.path("secret").stringValue();
    assertThat(Jobs.get(client, "/v1/webhook-endpoints/default-secret").has("secret")).isFalse();
    String job =
        Jobs.submitForId(
            client,
            Jobs.with(
                Jobs.image("own hook"),
                "webhook",
                Map.of("url", receiver.url("/own"), "events", List.of("job.completed"))));
    Received got = awaitReceived(1);
    assertThat(got.verifies(secret)).isTrue();
    assertThat(awaitDelivery(onlyDelivery(job), "delivered").has("endpoint_id")).isFalse();
    client
        .post()
        .uri("/v1/webhook-endpoints/default-secret")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.rotated_at")
        .exists();
  }

  @Test
  void aDeliveryIsReplayedUnderTheSameId() {
    register(Map.of("url", receiver.url("/again")));
    String delivery = deliveryOf("again");
    awaitDelivery(delivery, "delivered");
    String path = "/v1/webhook-endpoints/deliveries/" + delivery + "/replay";
    client.post().uri(path).exchange().expectStatus().isAccepted();
    awaitReceived(2);
    assertThat(awaitDelivery(delivery, "delivered").path("attempts").size()).isEqualTo(2);
    assertThat(receiver.received()).extracting(Received::id).containsOnly("msg_" + delivery);
    service.client("somebody-else").post().uri(path).exchange().expectStatus().isNotFound();
  }

  @Test
  void whatTheReceiverAnswersIsKeptButNeverShown() {
    receiver.answering(
        (request, response) ->
            response.status(500).sendString(Mono.just("secret of an internal host")));
    register(Map.of("url", receiver.url("/talks")));
    String delivery = deliveryOf("talks");
    awaitAttempt(delivery, 1);
    assertThat(Jobs.get(client, "/v1/webhook-endpoints/deliveries/{id}", delivery).toString())
        .doesNotContain("internal host");
    assertThat(
            database.text(
                "SELECT convert_from(response_head, 'UTF8') FROM webhook_attempt WHERE delivery_id = '"
                    + delivery
                    + "'"))
        .isEqualTo("secret of an internal host");
  }

  @Test
  void receiversAreManagedByTheirTenantOnly() {
    JsonNode endpoint =
        register(Map.of("url", receiver.url("/managed"), "description", "the shop"));
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
  void secretsRestSealed() {
    JsonNode endpoint = register(Map.of("url", receiver.url("/sealed")));
    byte[] key =
        java.util.Base64.getDecoder()
            .decode(endpoint.path("secret").stringValue().substring("whsec_".length()));
    String hex = java.util.HexFormat.of().formatHex(key);
    assertThat(
            database.number(
                "SELECT count(*) FROM webhook_secret WHERE position('"
                    + hex
                    + "' in encode(sealed, 'hex')) > 0"))
        .isZero();
  }

  @Test
  void aJobThatCouldNotTellItsReceiverHasNotEnded() {
    register(Map.of("url", receiver.url("/atomic")));
    database.execute(
        "ALTER TABLE webhook_delivery ADD CONSTRAINT no_more CHECK (url NOT LIKE '%/atomic')");
    try {
      String job = Jobs.submitForId(client, Jobs.image("atomic"));
      await()
          .atMost(Jobs.PATIENCE)
          .until(
              () ->
                  !service.inference().received().isEmpty() && service.inference().running() == 0);
      await()
          .atMost(Jobs.PATIENCE)
          .until(
              () ->
                  database.number(
                          "SELECT count(*) FROM queue_job WHERE id = '"
                              + job
                              + "' AND error_code IS NOT NULL")
                      == 1);
      assertThat(Jobs.get(client, "/v1/jobs/{id}", job).path("status").stringValue())
          .isNotEqualTo("completed");
      assertThat(database.number("SELECT count(*) FROM queue_result WHERE job_id = '" + job + "'"))
          .isZero();
      database.execute("ALTER TABLE webhook_delivery DROP CONSTRAINT no_more");
      service.skipWait(job);
      Jobs.awaitStatus(client, job, "completed");
      awaitReceived(1);
    } finally {
      database.execute("ALTER TABLE webhook_delivery DROP CONSTRAINT IF EXISTS no_more");
    }
  }

  private JsonNode register(Map<String, Object> endpoint) {
    return client
        .post()
        .uri("/v1/webhook-endpoints")
        .bodyValue(endpoint)
        .exchange()
        .expectStatus()
        .isCreated()
        .expectHeader()
        .exists("Location")
        .expectBody(JsonNode.class)
        .returnResult()
        .getResponseBody();
  }

  private String deliveryOf(String prompt) {
    String job = Jobs.submitForId(client, Jobs.image(prompt));
    Jobs.awaitStatus(client, job, "completed");
    return onlyDelivery(job);
  }

  private String onlyDelivery(String job) {
    JsonNode data = Jobs.get(client, "/v1/jobs/{id}/deliveries", job).path("data");
    assertThat(data.size()).isEqualTo(1);
    return data.path(0).path("id").stringValue();
  }

  private Received awaitReceived(int count) {
    await().atMost(Jobs.PATIENCE).until(() -> receiver.received().size() >= count);
    return receiver.received().get(count - 1);
  }

  private JsonNode awaitDelivery(String id, String status) {
    return await()
        .atMost(Jobs.PATIENCE)
        .until(
            () -> Jobs.get(client, "/v1/webhook-endpoints/deliveries/{id}", id),
            delivery -> delivery.path("status").stringValue().equals(status));
  }

  private JsonNode awaitAttempt(String delivery, int number) {
    return await()
        .atMost(Jobs.PATIENCE)
        .until(
            () ->
                Jobs.get(client, "/v1/webhook-endpoints/deliveries/{id}", delivery)
                    .path("attempts")
                    .path(number - 1),
            attempt -> !attempt.isMissingNode());
  }
}
