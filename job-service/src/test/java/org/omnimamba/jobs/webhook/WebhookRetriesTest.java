package org.omnimamba.jobs.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver.Received;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What becomes of a delivery whose receiver does not take it, by the clock of the database. */
class WebhookRetriesTest {
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
  void aReceiverThatIsDownIsTriedExactlyByTheSchedule() {
    receiver.answering(500);
    hooks.register(Map.of("url", receiver.url("/down")));
    String job = Jobs.submitForId(client, Jobs.image("down"));
    Jobs.awaitStatus(client, job, "completed");
    String delivery = hooks.onlyDelivery(job);
    Instant due = Instant.MIN;
    for (int made = 1; made <= SCHEDULE.size(); made++) {
      JsonNode attempt = hooks.awaitAttempt(delivery, made);
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
    JsonNode end = hooks.awaitDelivery(delivery, "failed");
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
    hooks.register(Map.of("url", receiver.url("/later")));
    String delivery = hooks.deliveryOf("later");
    JsonNode attempt = hooks.awaitAttempt(delivery, 1);
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
      AtomicInteger turn = new AtomicInteger();
      receiver.answering(
          (request, response) -> answers.get(turn.getAndIncrement()).to(request, response));
      hooks.register(Map.of("url", receiver.url("/unsteady")));
      String delivery = hooks.deliveryOf("unsteady");
      for (int made = 1; made <= 3; made++) {
        hooks.awaitAttempt(delivery, made);
        service.skipWait(delivery);
      }
      JsonNode end = hooks.awaitDelivery(delivery, "delivered");
      List<String> errors = new ArrayList<>();
      end.path("attempts").forEach(a -> errors.add(a.path("error").asString("-")));
      assertThat(errors).containsExactly("timeout", "connection lost", "redirect refused", "-");
      assertThat(elsewhere.connections()).isZero();
    }
  }

  @Test
  void aDeliveryIsReplayedUnderTheSameId() {
    hooks.register(Map.of("url", receiver.url("/again")));
    String delivery = hooks.deliveryOf("again");
    hooks.awaitDelivery(delivery, "delivered");
    String path = "/v1/webhook-endpoints/deliveries/" + delivery + "/replay";
    client.post().uri(path).exchange().expectStatus().isAccepted();
    hooks.awaitReceived(2);
    assertThat(hooks.awaitDelivery(delivery, "delivered").path("attempts").size()).isEqualTo(2);
    assertThat(receiver.received()).extracting(Received::id).containsOnly("msg_" + delivery);
    service.client("somebody-else").post().uri(path).exchange().expectStatus().isNotFound();
  }

  @Test
  void whatTheReceiverAnswersIsKeptButNeverShown() {
    receiver.answering(
        (request, response) ->
            response.status(500).sendString(Mono.just("secret of an internal host")));
    hooks.register(Map.of("url", receiver.url("/talks")));
    String delivery = hooks.deliveryOf("talks");
    hooks.awaitAttempt(delivery, 1);
    assertThat(Jobs.get(client, "/v1/webhook-endpoints/deliveries/{id}", delivery).toString())
        .doesNotContain("internal host");
    assertThat(
            database.text(
                "SELECT convert_from(response_head, 'UTF8') FROM webhook_attempt WHERE delivery_id"
                    + " = '"
                    + delivery
                    + "'"))
        .isEqualTo("secret of an internal host");
  }
}
