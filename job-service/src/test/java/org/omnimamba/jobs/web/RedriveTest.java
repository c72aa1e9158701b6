package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.job.TenantLimits;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Failed jobs are queued again, one or many. */
class RedriveTest {
  private final TestService service = TestService.shared();
  private final WebTestClient client = service.client("redrive-" + UUID.randomUUID());

  @BeforeEach
  void reset() {
    service.inference().reset();
  }

  @Test
  void aFailedJobIsDoneAfterAll() {
    String id = failed("again");
    service.inference().answering(FakeInference::complete);
    client
        .post()
        .uri("/v1/jobs/{id}/redrive", id)
        .exchange()
        .expectStatus()
        .isAccepted()
        .expectHeader()
        .valueEquals("Location", "/v1/jobs/" + id)
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("queued")
        .jsonPath("$.error")
        .doesNotExist();
    JsonNode done = Jobs.awaitStatus(client, id, "completed");
    assertThat(done.path("attempt").asInt()).isEqualTo(1);
    assertThat(done.has("error")).isFalse();
    client
        .post()
        .uri("/v1/jobs/{id}/redrive", id)
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.CONFLICT)
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .jsonPath("$.detail")
        .value(detail -> assertThat(detail.toString()).contains("its status is completed"));
  }

  @Test
  void anotherTenantsJobIsNotFound() {
    String id = failed("mine");
    for (String path : List.of(id, "01890000-0000-7000-8000-000000000000", "no-id")) {
      service
          .client("somebody-else")
          .post()
          .uri("/v1/jobs/" + path + "/redrive")
          .exchange()
          .expectStatus()
          .isNotFound();
    }
    assertThat(redrive(service.client("somebody-else"), Map.of()).path("redriven").asInt())
        .isZero();
    assertThat(Jobs.get(client, "/v1/jobs/{id}", id).path("status").stringValue())
        .isEqualTo("failed");
  }

  @Test
  void manyAreRedrivenByWhatTheyFailedOf() {
    String first = failed("first");
    String second = failed("second");
    String third = failed("third");
    service.inference().answering(FakeInference::complete);
    assertThat(redrive(client, Map.of("error_code", "other")).path("redriven").asInt()).isZero();
    assertThat(redrive(client, Map.of("status", "expired")).path("redriven").asInt()).isZero();
    JsonNode some = redrive(client, Map.of("error_code", "upstream_rejected", "limit", 2));
    assertThat(some.path("redriven").asInt()).isEqualTo(2);
    assertThat(some.path("has_more").booleanValue()).isTrue();
    assertThat(some.path("ids").toString()).contains(first, second);
    JsonNode rest =
        client
            .post()
            .uri("/v1/jobs/redrive")
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody();
    assertThat(rest.path("ids").path(0).stringValue()).isEqualTo(third);
    assertThat(rest.path("has_more").booleanValue()).isFalse();
    for (String id : List.of(first, second, third)) {
      Jobs.awaitStatus(client, id, "completed");
    }
  }

  @Test
  void whatHasNoRoomInLineStaysWhereItIs() {
    String tenant = "redrive-full-" + UUID.randomUUID();
    WebTestClient full = service.client(tenant);
    service.inference().answering(FakeInference.error(400, "invalid_request_error", "no"));
    String id = Jobs.submitForId(full, Jobs.image("no room"));
    Jobs.awaitStatus(full, id, "failed");
    service
        .bean(JobQueue.class)
        .setLimits(JobKinds.INFERENCE, tenant, new TenantLimits(null, 0))
        .block();
    for (String path : List.of("/v1/jobs/" + id + "/redrive", "/v1/jobs/redrive")) {
      full.post()
          .uri(path)
          .exchange()
          .expectStatus()
          .isEqualTo(HttpStatus.TOO_MANY_REQUESTS)
          .expectHeader()
          .exists("Retry-After");
    }
    assertThat(Jobs.get(full, "/v1/jobs/{id}", id).path("status").stringValue())
        .isEqualTo("failed");
  }

  @Test
  void valuesThatMakeNoSenseAreNamed() {
    client
        .post()
        .uri("/v1/jobs/redrive")
        .bodyValue(Map.of("status", "completed", "limit", 1001))
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT)
        .expectBody()
        .jsonPath("$.errors[0].pointer")
        .isEqualTo("/status")
        .jsonPath("$.errors[1].pointer")
        .isEqualTo("/limit");
    client
        .post()
        .uri("/v1/jobs/redrive")
        .bodyValue(Map.of("tenant", "ada"))
        .exchange()
        .expectStatus()
        .isBadRequest();
  }

  private String failed(String prompt) {
    service
        .inference()
        .answering(FakeInference.error(400, "invalid_request_error", "no " + prompt));
    String id = Jobs.submitForId(client, Jobs.image(prompt));
    Jobs.awaitStatus(client, id, "failed");
    return id;
  }

  private static JsonNode redrive(WebTestClient client, Map<String, Object> body) {
    return client
        .post()
        .uri("/v1/jobs/redrive")
        .bodyValue(body)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(JsonNode.class)
        .returnResult()
        .getResponseBody();
  }
}
