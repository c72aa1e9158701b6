package org.omnimamba.jobs.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver.Received;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Webhooks from the end of a job to the receiver, through the API and the queue. */
class WebhooksTest {
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
  void aRegisteredReceiverIsToldWithAVerifiableThinMessage() {
    JsonNode endpoint = hooks.register(Map.of("url", receiver.url("/hook")));
    String secret = endpoint.path("secret").stringValue();
    String job =
        Jobs.submitForId(
            client, Jobs.with(Jobs.image("told"), "metadata", Map.of("order", "4711")));
    Received got = hooks.awaitReceived(1);
    assertThat(got.verifies(secret)).isTrue();
    assertThat(got.id()).startsWith("msg_");
    JsonNode body = new JsonMapper().readTree(got.body());
    assertThat(body.path("type").stringValue()).isEqualTo("job.completed");
    Instant at = Instant.parse(body.path("timestamp").stringValue());
    assertThat(at)
        .isEqualTo(Jobs.get(client, "/v1/jobs/{id}", job).path("finished_at").stringValue());
    assertThat(body.path("object").stringValue()).isEqualTo("event");
    assertThat(body.path("created_at").longValue()).isEqualTo(at.getEpochSecond());
    assertThat(body.path("id").stringValue()).startsWith("evt_" + job);
    JsonNode data = body.path("data");
    assertThat(data.path("id").stringValue()).isEqualTo(job);
    assertThat(data.path("status").stringValue()).isEqualTo("completed");
    assertThat(data.path("url").stringValue()).isEqualTo("http://localhost:8080/v1/jobs/" + job);
    assertThat(data.path("content_url").stringValue()).endsWith("/content");
    assertThat(data.path("metadata").path("order").stringValue()).isEqualTo("4711");
    assertThat(data.has("result")).isFalse();
    String delivery = hooks.onlyDelivery(job);
    JsonNode seen = hooks.awaitDelivery(delivery, "delivered");
    assertThat(seen.path("webhook_id").stringValue()).isEqualTo(got.id());
    assertThat(seen.path("attempts").size()).isEqualTo(1);
    assertThat(seen.path("attempts").path(0).path("http_status").asInt()).isEqualTo(204);
  }

  @Test
  void onlyTheEventsThatAreWantedAreTold() {
    hooks.register(Map.of("url", receiver.url("/failed"), "events", List.of("job.failed")));
    hooks.register(
        Map.of("url", receiver.url("/both"), "events", List.of("job.failed", "job.completed")));
    service
        .inference()
        .answering(
            FakeInference::complete, FakeInference.error(400, "invalid_request_error", "no"));
    String first = Jobs.submitForId(client, Jobs.image("completes"));
    Jobs.awaitStatus(client, first, "completed");
    String second = Jobs.submitForId(client, Jobs.image("fails"));
    Jobs.awaitStatus(client, second, "failed");
    hooks.awaitReceived(3);
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
    receiver.verifying(secret);
    assertThat(Jobs.get(client, "/v1/webhook-endpoints/default-secret").has("secret")).isFalse();
    String job =
        Jobs.submitForId(
            client,
            Jobs.with(
                Jobs.image("own hook"),
                "webhook",
                Map.of("url", receiver.url("/own"), "events", List.of("job.completed"))));
    Received got = hooks.awaitReceived(1);
    assertThat(got.verifies(secret)).isTrue();
    assertThat(hooks.awaitDelivery(hooks.onlyDelivery(job), "delivered").has("endpoint_id"))
        .isFalse();
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
  void aReceiverThatIsRemovedMeanwhileDoesNotCostTheJobItsResult() throws SQLException {
    JsonNode endpoint = hooks.register(Map.of("url", receiver.url("/removed")));
    try (Connection remover =
            DriverManager.getConnection(
                database.jdbcUrl(), database.username(), database.password());
        Statement statement = remover.createStatement()) {
      remover.setAutoCommit(false);
      statement.execute(
          "WITH gone AS (DELETE FROM webhook_endpoint WHERE id = '%s' RETURNING secret_id)"
                  .formatted(endpoint.path("id").stringValue())
              + " DELETE FROM webhook_secret WHERE id IN (SELECT secret_id FROM gone)");
      String job = Jobs.submitForId(client, Jobs.image("meanwhile"));
      await()
          .atMost(Jobs.PATIENCE)
          .until(
              () ->
                  database.number(
                          "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                              + " AND datname = current_database()")
                      > 0);
      remover.commit();
      assertThat(Jobs.awaitStatus(client, job, "completed").path("attempt").asInt()).isEqualTo(1);
      assertThat(Jobs.get(client, "/v1/jobs/{id}/deliveries", job).path("data").size()).isZero();
    }
  }

  @Test
  void aJobWhoseEndCannotBeToldKeepsNoOtherJobFromExpiring() {
    try (WebhookScenario other = new WebhookScenario()) {
      service.inference().answering(FakeInference.hanging());
      other.register(Map.of("url", other.receiver.url("/broken")));
      hooks.register(Map.of("url", receiver.url("/expired")));
      database.execute(
          "ALTER TABLE webhook_delivery ADD CONSTRAINT no_more CHECK (url NOT LIKE '%/broken')");
      String deadline =
          Instant.ofEpochSecond(
                  database.number("SELECT extract(epoch FROM queue_now())::bigint") + 1800)
              .toString();
      String broken =
          Jobs.submitForId(other.client, Jobs.with(Jobs.image("b"), "deadline", deadline));
      List<String> jobs =
          IntStream.range(0, 30)
              .mapToObj(
                  i ->
                      Jobs.submitForId(
                          client, Jobs.with(Jobs.image("e" + i), "deadline", deadline)))
              .toList();
      database.advance(Duration.ofMinutes(31));
      jobs.forEach(job -> Jobs.awaitStatus(client, job, "expired"));
      hooks.awaitReceived(jobs.size());
      assertThat(Jobs.get(other.client, "/v1/jobs/{id}", broken).path("status").stringValue())
          .isNotEqualTo("expired");
      database.execute("ALTER TABLE webhook_delivery DROP CONSTRAINT no_more");
      Jobs.awaitStatus(other.client, broken, "expired");
      other.awaitReceived(1);
      assertThat(receiver.received()).hasSize(jobs.size());
    } finally {
      database.execute("ALTER TABLE webhook_delivery DROP CONSTRAINT IF EXISTS no_more");
    }
  }

  @Test
  void aJobThatCouldNotTellItsReceiverHasNotEnded() {
    hooks.register(Map.of("url", receiver.url("/atomic")));
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
      hooks.awaitReceived(1);
    } finally {
      database.execute("ALTER TABLE webhook_delivery DROP CONSTRAINT IF EXISTS no_more");
    }
  }
}
