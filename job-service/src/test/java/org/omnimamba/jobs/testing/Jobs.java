package org.omnimamba.jobs.testing;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** What tests do with the job API again and again. */
public final class Jobs {
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private Jobs() {}

  /** The body of a job for a picture. */
  public static Map<String, Object> image(String prompt) {
    return of("/v1/images/generations", Map.of("prompt", prompt));
  }

  /** The body of a job for a chat's answer. */
  public static Map<String, Object> chat(String prompt) {
    return of(
        "/v1/chat/completions",
        Map.of("messages", List.of(Map.of("role", "user", "content", prompt))));
  }

  /** The body of a job; more may be put into it. */
  public static Map<String, Object> of(String endpoint, Map<String, Object> body) {
    return new HashMap<>(Map.of("endpoint", endpoint, "body", body));
  }

  /** Adds to the body of a job. */
  public static Map<String, Object> with(Map<String, Object> job, String name, Object value) {
    job.put(name, value);
    return job;
  }

  /** Submits a job that is accepted. */
  public static JsonNode submit(WebTestClient client, Map<String, Object> job) {
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

  /** Submits a job that is accepted and gives its id. */
  public static String submitForId(WebTestClient client, Map<String, Object> job) {
    return submit(client, job).path("id").stringValue();
  }

  /** Reads something that is there. */
  public static JsonNode get(WebTestClient client, String path, Object... variables) {
    return client
        .get()
        .uri(path, variables)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(JsonNode.class)
        .returnResult()
        .getResponseBody();
  }

  /** Waits until a job has a status. */
  public static JsonNode awaitStatus(WebTestClient client, String id, String status) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> get(client, "/v1/jobs/{id}", id),
            job -> job.path("status").stringValue().equals(status));
  }
}
