package org.omnimamba.jobs.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import java.util.UUID;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver.Received;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** A tenant with a receiver, and what tests of webhooks do again and again. */
final class WebhookScenario implements AutoCloseable {
  final TestService service = TestService.shared();
  final WebhookReceiver receiver = new WebhookReceiver();
  final String tenant = "hooks-" + UUID.randomUUID();
  final WebTestClient client = service.client(tenant);

  WebhookScenario() {
    service.inference().reset();
  }

  /** Also checks that every message that ever arrived was signed with a secret that was given. */
  @Override
  public void close() {
    receiver.close();
    assertThat(receiver.unverified()).as("messages with a wrong signature").isEmpty();
  }

  /** Registers a receiver; from then on its messages must verify. */
  JsonNode register(Map<String, Object> endpoint) {
    JsonNode registered = create(endpoint);
    receiver.verifying(registered.path("secret").stringValue());
    return registered;
  }

  private JsonNode create(Map<String, Object> endpoint) {
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

  /** The one delivery of a new job that completes. */
  String deliveryOf(String prompt) {
    String job = Jobs.submitForId(client, Jobs.image(prompt));
    Jobs.awaitStatus(client, job, "completed");
    return onlyDelivery(job);
  }

  /** The one delivery of a job. */
  String onlyDelivery(String job) {
    JsonNode data = Jobs.get(client, "/v1/jobs/{id}/deliveries", job).path("data");
    assertThat(data.size()).isEqualTo(1);
    return data.path(0).path("id").stringValue();
  }

  /** The message of that number, from 1, once the receiver has it. */
  Received awaitReceived(int count) {
    await().atMost(Jobs.PATIENCE).until(() -> receiver.received().size() >= count);
    return receiver.received().get(count - 1);
  }

  /** Whether the delivery has the status at this moment. */
  boolean isDelivery(String id, String status) {
    return Jobs.get(client, "/v1/webhook-endpoints/deliveries/{id}", id)
        .path("status")
        .stringValue()
        .equals(status);
  }

  /** The delivery once it has the status. */
  JsonNode awaitDelivery(String id, String status) {
    return await()
        .atMost(Jobs.PATIENCE)
        .until(
            () -> Jobs.get(client, "/v1/webhook-endpoints/deliveries/{id}", id),
            delivery -> delivery.path("status").stringValue().equals(status));
  }

  /** The attempt of that number, from 1, once it was made. */
  JsonNode awaitAttempt(String delivery, int number) {
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
