package org.omnimamba.jobs.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Receivers inside the cluster, reached by settings that are fit for production. */
class InternalReceiversTest {
  @Test
  void aListedNetworkIsReachedOverHttpAndTheRestStaysClosed() {
    try (WebhookReceiver receiver = new WebhookReceiver();
        TestService service =
            new TestService(
                "omnimamba.jobs.webhooks.allowed-networks=127.0.0.0/8",
                "omnimamba.jobs.webhooks.allow-http=true",
                "omnimamba.jobs.webhooks.allowed-ports=443," + receiver.port())) {
      WebTestClient client = service.client("cluster");
      JsonNode endpoint =
          client
              .post()
              .uri("/v1/webhook-endpoints")
              .bodyValue(Map.of("url", receiver.url("/inside")))
              .exchange()
              .expectStatus()
              .isCreated()
              .expectBody(JsonNode.class)
              .returnResult()
              .getResponseBody();
      receiver.verifying(endpoint.path("secret").stringValue());
      Jobs.submit(client, Jobs.image("told inside"));
      await().atMost(Jobs.PATIENCE).until(() -> !receiver.received().isEmpty());
      assertThat(receiver.unverified()).isEmpty();
      for (String url :
          new String[] {
            "http://10.0.0.1/",
            "https://10.0.0.1/",
            "http://example.com/",
            "https://169.254.169.254/"
          }) {
        client
            .post()
            .uri("/v1/webhook-endpoints")
            .bodyValue(Map.of("url", url))
            .exchange()
            .expectStatus()
            .isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
      }
    }
  }
}
