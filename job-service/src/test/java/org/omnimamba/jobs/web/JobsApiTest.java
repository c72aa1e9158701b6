package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** The job API over real HTTP, from submission to the picture. */
class JobsApiTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static TestService service;
  private final WebTestClient ada = service.client("ada");

  @BeforeAll
  static void start() {
    service = new TestService();
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @BeforeEach
  void reset() {
    service.inference().reset();
  }

  @Test
  void aPictureIsMadeAndFetched() {
    JsonNode job = submit(ada, image("a red apple"));
    assertThat(job.path("status").stringValue()).isEqualTo("queued");
    String id = job.path("id").stringValue();
    JsonNode done = awaitStatus(ada, id, "completed");
    JsonNode picture = done.path("result").path("data").path(0);
    assertThat(picture.path("url").stringValue()).isEqualTo("/v1/jobs/" + id + "/content?index=0");
    assertThat(picture.path("token_ids").size()).isEqualTo(2);
    assertThat(done.path("result").toString()).doesNotContain("b64_json");
    assertThat(done.path("progress").path("tokens_done").asInt()).isEqualTo(4);
    ada.get()
        .uri("/v1/jobs/{id}/content", id)
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .contentType(MediaType.IMAGE_PNG)
        .expectHeader()
        .valueEquals("X-Content-Type-Options", "nosniff")
        .expectBody(byte[].class)
        .isEqualTo(FakeInference.PNG);
    FakeInference.Received asked = service.inference().received().get(0);
    assertThat(asked.path()).isEqualTo("/v1/images/generations");
    assertThat(asked.headers())
        .containsEntry("x-omnimamba-tenant", "ada")
        .containsEntry("x-omnimamba-internal-token", TestService.TOKEN)
        .containsEntry("x-request-id", id);
    assertThat(asked.body().path("stream").booleanValue()).isTrue();
    assertThat(asked.body().path("stream_options").path("include_progress").booleanValue())
        .isTrue();
  }

  @Test
  void aChatIsAnsweredWithinTheWait() {
    JsonNode job =
        ada.post()
            .uri("/v1/jobs")
            .header("Prefer", "respond-async, wait=30")
            .bodyValue(chat("what is it?"))
            .exchange()
            .expectStatus()
            .isOk()
            .expectHeader()
            .valueEquals("Preference-Applied", "wait=30")
            .expectHeader()
            .exists("Location")
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody();
    assertThat(job.path("status").stringValue()).isEqualTo("completed");
    JsonNode answer = job.path("result");
    assertThat(answer.path("object").stringValue()).isEqualTo("chat.completion");
    JsonNode choice = answer.path("choices").path(0);
    assertThat(choice.path("message").path("role").stringValue()).isEqualTo("assistant");
    assertThat(choice.path("message").path("content").stringValue()).isEqualTo("a red apple");
    assertThat(choice.path("token_ids").toString()).isEqualTo("[0,1,2]");
    assertThat(choice.path("finish_reason").stringValue()).isEqualTo("stop");
    assertThat(answer.path("usage").path("total_tokens").asInt()).isEqualTo(8);
  }

  static Map<String, Object> image(String prompt) {
    return Map.of("endpoint", "/v1/images/generations", "body", Map.of("prompt", prompt));
  }

  static Map<String, Object> chat(String prompt) {
    return Map.of(
        "endpoint",
        "/v1/chat/completions",
        "body",
        Map.of("messages", java.util.List.of(Map.of("role", "user", "content", prompt))));
  }

  static JsonNode submit(WebTestClient client, Map<String, Object> job) {
    return client
        .post()
        .uri("/v1/jobs")
        .bodyValue(job)
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.ACCEPTED)
        .expectBody(JsonNode.class)
        .returnResult()
        .getResponseBody();
  }

  static JsonNode get(WebTestClient client, String id) {
    return client
        .get()
        .uri("/v1/jobs/{id}", id)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(JsonNode.class)
        .returnResult()
        .getResponseBody();
  }

  static JsonNode awaitStatus(WebTestClient client, String id, String status) {
    return await()
        .atMost(PATIENCE)
        .until(() -> get(client, id), job -> job.path("status").stringValue().equals(status));
  }
}
