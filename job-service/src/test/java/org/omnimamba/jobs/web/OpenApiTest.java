package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import tools.jackson.databind.JsonNode;

/** The description that the service gives of itself. */
class OpenApiTest {
  private final JsonNode api =
      Jobs.get(TestService.apiOnly().client("reader"), "/v1/jobs/openapi.json");

  @Test
  void describesEveryOperation() {
    List<String> operations = new ArrayList<>();
    api.path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(method -> operations.add(method.getKey() + " " + path.getKey())));
    assertThat(operations)
        .containsExactlyInAnyOrder(
            "post /v1/jobs",
            "get /v1/jobs",
            "get /v1/jobs/{id}",
            "delete /v1/jobs/{id}",
            "post /v1/jobs/{id}/cancel",
            "post /v1/jobs/{id}/redrive",
            "post /v1/jobs/redrive",
            "get /v1/jobs/{id}/events",
            "get /v1/jobs/{id}/content",
            "get /v1/jobs/{id}/deliveries",
            "post /v1/responses",
            "get /v1/responses/{id}",
            "delete /v1/responses/{id}",
            "post /v1/responses/{id}/cancel",
            "get /v1/responses/{id}/input_items",
            "post /v1/files",
            "get /v1/files",
            "get /v1/files/{id}",
            "delete /v1/files/{id}",
            "get /v1/files/{id}/content",
            "post /v1/batches",
            "get /v1/batches",
            "get /v1/batches/{id}",
            "post /v1/batches/{id}/cancel",
            "post /v1/webhook-endpoints",
            "get /v1/webhook-endpoints",
            "get /v1/webhook-endpoints/{id}",
            "patch /v1/webhook-endpoints/{id}",
            "delete /v1/webhook-endpoints/{id}",
            "post /v1/webhook-endpoints/{id}/rotate-secret",
            "post /v1/webhook-endpoints/default-secret",
            "get /v1/webhook-endpoints/default-secret",
            "get /v1/webhook-endpoints/{id}/deliveries",
            "get /v1/webhook-endpoints/deliveries/{id}",
            "post /v1/webhook-endpoints/deliveries/{id}/replay");
  }

  @Test
  void namesTheMembersAsTheyAreOnTheWire() {
    JsonNode job = api.path("components").path("schemas").path("Job").path("properties");
    assertThat(job.properties()).extracting(e -> e.getKey()).contains("created_at", "max_attempts");
    JsonNode create = api.path("components").path("schemas").path("CreateJobRequest");
    assertThat(create.path("required").toString()).contains("endpoint", "body");
    assertThat(create.path("properties").path("endpoint").path("enum").size()).isEqualTo(2);
  }

  @Test
  void hidesWhatTheGatewaySets() {
    assertThat(api.toString())
        .doesNotContain("\"name\":\"tenant\"")
        .doesNotContain("Internal-Token");
  }

  @Test
  void describesErrorsInOpenAiShape() {
    JsonNode failure =
        api.path("paths").path("/v1/responses").path("post").path("responses").path("default");
    assertThat(failure.path("content").has("application/json")).isTrue();
  }

  @Test
  void describesProblems() {
    JsonNode responses = api.path("paths").path("/v1/jobs").path("post").path("responses");
    assertThat(responses.properties())
        .extracting(e -> e.getKey())
        .contains("202", "409", "422", "429");
    assertThat(responses.path("422").path("content").has("application/problem+json")).isTrue();
  }
}
