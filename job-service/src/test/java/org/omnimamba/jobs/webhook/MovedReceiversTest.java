package org.omnimamba.jobs.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.webhook.delivery.AttemptOutcome;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver.Received;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobFilter;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** What becomes of a registered receiver that answers 410, or has another URL meanwhile. */
class MovedReceiversTest {
  private final WebhookScenario hooks = new WebhookScenario();
  private final TestService service = hooks.service;
  private final WebhookReceiver receiver = hooks.receiver;
  private final WebTestClient client = hooks.client;

  @AfterEach
  void stop() {
    hooks.close();
  }

  @Test
  void aReceiverThatIsGoneIsDisabled() {
    receiver.answering(410);
    JsonNode endpoint = hooks.register(Map.of("url", receiver.url("/gone")));
    String delivery = hooks.deliveryOf("gone");
    assertThat(hooks.awaitDelivery(delivery, "failed").path("attempts").size()).isEqualTo(1);
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
    hooks.awaitDelivery(hooks.deliveryOf("told again"), "delivered");
  }

  @Test
  void aReceiverThatMovesIsReachedAtItsNewAddress() {
    receiver.answering(500);
    JsonNode endpoint = hooks.register(Map.of("url", receiver.url("/old")));
    String delivery = hooks.deliveryOf("moves");
    hooks.awaitAttempt(delivery, 1);
    move(endpoint, "/new");
    receiver.answering(204);
    service.skipWait(delivery);
    JsonNode end = hooks.awaitDelivery(delivery, "delivered");
    assertThat(receiver.received()).extracting(Received::path).containsExactly("/old", "/new");
    assertThat(end.path("url").stringValue()).endsWith("/new");
  }

  @Test
  void aReceiverThatHasMovedIsNotDisabledForItsOldAddress() {
    AtomicReference<JsonNode> endpoint = new AtomicReference<>();
    receiver.answering(
        (request, response) ->
            request.uri().equals("/new")
                ? response.status(204).send()
                // repaired while the old address is still being asked
                : Mono.fromRunnable(() -> move(endpoint.get(), "/new"))
                    .subscribeOn(Schedulers.boundedElastic())
                    .then(Mono.from(response.status(410).send())));
    endpoint.set(hooks.register(Map.of("url", receiver.url("/old"))));
    String delivery = hooks.deliveryOf("has moved");
    hooks.awaitAttempt(delivery, 1);
    service.skipWait(delivery);
    hooks.awaitDelivery(delivery, "delivered");
    assertThat(
            Jobs.get(client, "/v1/webhook-endpoints/{id}", endpoint.get().path("id").stringValue())
                .path("status")
                .stringValue())
        .isEqualTo("enabled");
  }

  /** The move comes between the last look at the endpoint and the write of the outcome. */
  @Test
  void aMoveInTheLastMomentIsNotUndoneByTheOldAddress() {
    receiver.answering(500);
    JsonNode endpoint = hooks.register(Map.of("url", receiver.url("/old")));
    String delivery = hooks.deliveryOf("moves late");
    hooks.awaitAttempt(delivery, 1);
    move(endpoint, "/new");
    assertThat(statusAfterGone(endpoint, delivery, "/old")).isEqualTo("enabled");
    assertThat(statusAfterGone(endpoint, delivery, "/new")).isEqualTo("disabled");
  }

  private String statusAfterGone(JsonNode endpoint, String delivery, String path) {
    AttemptOutcome gone =
        new AttemptOutcome(
            AttemptOutcome.Kind.GONE, 410, null, Duration.ZERO, "HTTP 410", new byte[0]);
    Job job =
        service
            .bean(JobQueue.class)
            .list(hooks.tenant, new JobFilter("inference", null, null, 1))
            .block(Jobs.PATIENCE)
            .get(0);
    Mono.usingWhen(
            service.bean(ConnectionFactory.class).create(),
            connection ->
                Mono.from(
                    AttemptRecords.keepingAndDisabling(
                            UUID.fromString(delivery), receiver.url(path), gone)
                        .inTransaction(connection, job)),
            Connection::close)
        .block(Jobs.PATIENCE);
    return Jobs.get(client, "/v1/webhook-endpoints/{id}", endpoint.path("id").stringValue())
        .path("status")
        .stringValue();
  }

  private void move(JsonNode endpoint, String path) {
    client
        .patch()
        .uri("/v1/webhook-endpoints/{id}", endpoint.path("id").stringValue())
        .bodyValue(Map.of("url", receiver.url(path)))
        .exchange()
        .expectStatus()
        .isOk();
  }
}
