package org.omnimamba.jobs.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver.Received;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.QueueMaintenance;
import org.omnimamba.queue.job.TenantLimits;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.test.web.reactive.server.StatusAssertions;
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

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void aReceiverThatAsksForMoreTimeGetsIt(int status) {
    receiver.answering(
        (request, response) -> response.status(status).header("retry-after", "600").send());
    hooks.register(Map.of("url", receiver.url("/later")));
    String delivery = hooks.deliveryOf("later");
    assertThat(waitAfter(hooks.awaitAttempt(delivery, 1)).toSeconds()).isEqualTo(600);
  }

  @Test
  void theScheduleCountsAttemptsThatWereMadeSinceTheLastReplay() {
    receiver.answering(500);
    hooks.register(Map.of("url", receiver.url("/counted")));
    String delivery = hooks.deliveryOf("counted");
    assertThat(waitAfter(hooks.awaitAttempt(delivery, 1))).isBetween(seconds(5), seconds(6));
    // as if three workers had died before they made one
    database.execute(
        "UPDATE queue_job SET attempt = attempt + 3 WHERE attributes LIKE '%" + delivery + "%'");
    service.skipWait(delivery);
    assertThat(waitAfter(hooks.awaitAttempt(delivery, 2))).isBetween(seconds(300), seconds(331));
    receiver.answering(204);
    service.skipWait(delivery);
    hooks.awaitDelivery(delivery, "delivered");
    receiver.answering(500);
    client
        .post()
        .uri("/v1/webhook-endpoints/deliveries/{id}/replay", delivery)
        .exchange()
        .expectStatus()
        .isAccepted();
    assertThat(waitAfter(hooks.awaitAttempt(delivery, 4))).isBetween(seconds(5), seconds(6));
  }

  @Test
  void aFaultOfOurOwnCostsTheReceiverNoAttempt() {
    hooks.register(Map.of("url", receiver.url("/patient")));
    String waiting =
        "SELECT count(*) FROM queue_job WHERE attributes LIKE '%%%s%%' AND status = 'queued'"
            + " AND attempt = 0 AND error_code = 'webhooks_unavailable'";
    String delivery;
    database.execute("ALTER TABLE webhook_secret RENAME TO webhook_secret_away");
    try {
      delivery = hooks.deliveryOf("patient");
      for (int i = 0; i < 3; i++) {
        await()
            .atMost(Jobs.PATIENCE)
            .until(() -> database.number(waiting.formatted(delivery)) == 1);
        service.skipWait(delivery);
      }
    } finally {
      database.execute("ALTER TABLE webhook_secret_away RENAME TO webhook_secret");
    }
    await()
        .atMost(Jobs.PATIENCE)
        .until(
            () -> {
              service.skipWait(delivery);
              return !receiver.received().isEmpty();
            });
    assertThat(hooks.awaitDelivery(delivery, "delivered").path("attempts").size()).isEqualTo(1);
  }

  @Test
  void aFaultOfOurOwnThatLastsIsGivenUpAndCanBeReplayed() {
    hooks.register(Map.of("url", receiver.url("/forgotten")));
    String delivery;
    database.execute("ALTER TABLE webhook_secret RENAME TO webhook_secret_away");
    try {
      delivery = hooks.deliveryOf("forgotten");
      database.advance(Duration.ofDays(4));
      await()
          .atMost(Jobs.PATIENCE)
          .until(
              () -> {
                service.skipWait(delivery);
                return hooks.isDelivery(delivery, "failed");
              });
    } finally {
      database.execute("ALTER TABLE webhook_secret_away RENAME TO webhook_secret");
    }
    assertThat(errorOf(delivery)).isEqualTo("webhooks unavailable");
    replay(delivery).isAccepted();
    hooks.awaitDelivery(delivery, "delivered");
    assertThat(receiver.received()).hasSize(1);
  }

  @Test
  void aDeliveryThatFindsNoRoomIsGivenUpAndCanBeReplayed() {
    hooks.register(Map.of("url", receiver.url("/crowded")));
    JobQueue queue = service.bean(JobQueue.class);
    queue.setLimits(JobKinds.WEBHOOK, hooks.tenant, new TenantLimits(null, 0)).block();
    String delivery = hooks.deliveryOf("crowded");
    hooks.awaitDelivery(delivery, "failed");
    assertThat(errorOf(delivery)).isEqualTo("queue full");
    replay(delivery).isEqualTo(429).expectHeader().exists("Retry-After");
    hooks.awaitDelivery(delivery, "failed");
    queue.setLimits(JobKinds.WEBHOOK, hooks.tenant, TenantLimits.NONE).block();
    replay(delivery).isAccepted();
    hooks.awaitDelivery(delivery, "delivered");
  }

  private String errorOf(String delivery) {
    return Jobs.get(client, "/v1/webhook-endpoints/deliveries/{id}", delivery)
        .path("attempts")
        .path(0)
        .path("error")
        .stringValue();
  }

  private StatusAssertions replay(String delivery) {
    return client
        .post()
        .uri("/v1/webhook-endpoints/deliveries/{id}/replay", delivery)
        .exchange()
        .expectStatus();
  }

  @Test
  void aJobIsKeptUntilItsReceiverWasTold() {
    receiver.answering(500);
    hooks.register(Map.of("url", receiver.url("/patience")));
    String job = Jobs.submitForId(client, Jobs.image("kept"));
    Jobs.awaitStatus(client, job, "completed");
    String delivery = hooks.onlyDelivery(job);
    hooks.awaitAttempt(delivery, 1);
    QueueMaintenance maintenance = service.bean(QueueMaintenance.class);
    database.advance(Duration.ofDays(8));
    hooks.awaitAttempt(delivery, 2);
    maintenance.clean().block(Jobs.PATIENCE);
    assertThat(Jobs.get(client, "/v1/jobs/{id}", job).path("status").stringValue())
        .isEqualTo("completed");
    receiver.answering(204);
    service.skipWait(delivery);
    hooks.awaitDelivery(delivery, "delivered");
    maintenance.clean().block(Jobs.PATIENCE);
    client.get().uri("/v1/jobs/{id}", job).exchange().expectStatus().isNotFound();
  }

  @Test
  void receiversThatHangLeaveSlotsForOtherTenants() {
    int jobs = 12;
    receiver.answering((request, response) -> Mono.never());
    hooks.register(Map.of("url", receiver.url("/hangs")));
    for (int i = 0; i < jobs; i++) {
      Jobs.submit(client, Jobs.image("hangs " + i));
    }
    await().atMost(Jobs.PATIENCE).until(() -> receiver.received().size() >= 4);
    try (WebhookScenario other = new WebhookScenario()) {
      other.register(Map.of("url", other.receiver.url("/quick")));
      Jobs.submit(other.client, Jobs.image("quick"));
      other.awaitReceived(1);
      assertThat(
              database.number(
                  "SELECT COALESCE(max(n), 0) FROM (SELECT count(*) AS n FROM queue_job WHERE kind"
                      + " = 'webhook' AND lease_until IS NOT NULL GROUP BY tenant) running"))
          .isLessThanOrEqualTo(4);
    }
  }

  private static Duration waitAfter(JsonNode attempt) {
    return Duration.between(
        Instant.parse(attempt.path("at").stringValue()),
        Instant.parse(attempt.path("next_at").stringValue()));
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
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
