package org.omnimamba.jobs.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver.Received;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The ends of background responses as OpenAI tells them. */
class ResponseWebhooksTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final WebhookScenario hooks = new WebhookScenario();
  private final FakeInference inference = hooks.service.inference();

  @AfterEach
  void close() {
    hooks.close();
    inference.reset();
  }

  private JsonNode ask(Object... members) {
    Map<String, Object> body =
        new HashMap<>(Map.of("model", "m", "input", "hello", "background", true));
    for (int i = 0; i < members.length; i += 2) {
      body.put((String) members[i], members[i + 1]);
    }
    return post("/v1/responses", body);
  }

  private JsonNode post(String path, Object body) {
    WebTestClient.RequestBodySpec request = hooks.client.post().uri(path);
    return request
        .bodyValue(body)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(JsonNode.class)
        .returnResult()
        .getResponseBody();
  }

  private void expect(int count, String type, JsonNode response) {
    Received message = hooks.awaitReceived(count);
    JsonNode event = JSON.readTree(message.body());
    assertThat(event.properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrder("id", "object", "type", "created_at", "data");
    assertThat(event.path("object").stringValue()).isEqualTo("event");
    assertThat(event.path("id").stringValue()).startsWith("evt_");
    assertThat(event.path("created_at").isIntegralNumber()).isTrue();
    assertThat(event.path("type").stringValue()).isEqualTo(type);
    assertThat(event.path("data").path("id")).isEqualTo(response.path("id"));
  }

  @Test
  void tellEachEndOnce() {
    hooks.register(Map.of("url", hooks.receiver.url("/all")));
    expect(1, "response.completed", ask());
    inference.answering(
        (body, response) ->
            FakeInference.events(
                response,
                FakeInference.chat("a ").map(event -> event.replace("\"stop\"", "\"length\""))));
    expect(2, "response.incomplete", ask());
    inference.answering(FakeInference.error(400, "invalid_request_error", "no"));
    expect(3, "response.failed", ask());
    inference.answering(FakeInference.hanging());
    JsonNode running = ask("tools", List.of(Map.of("type", "image_generation")));
    await().atMost(Jobs.PATIENCE).until(() -> inference.running() > 0);
    String id = running.path("id").stringValue();
    post("/v1/responses/" + id + "/cancel", Map.of());
    expect(4, "response.cancelled", running);
    assertThat(hooks.receiver.received()).hasSize(4);
  }

  @Test
  void goToThoseWhoAskedForThem() {
    hooks.register(Map.of("url", hooks.receiver.url("/jobs"), "events", List.of("job.completed")));
    hooks.register(
        Map.of("url", hooks.receiver.url("/responses"), "events", List.of("response.completed")));
    expect(1, "response.completed", ask());
    assertThat(hooks.receiver.received().get(0).path()).isEqualTo("/responses");
  }
}
