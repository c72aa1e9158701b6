package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** What surrounds the endpoints: models, headers, documentation, metrics, health. */
class ServiceTest {
  private static final TestServer SERVER = TestServer.shared();

  @Test
  void theModelIsListed() {
    JsonNode list = TestServer.json(SERVER.get("/v1/models").body());
    assertThat(list.get("object").stringValue()).isEqualTo("list");
    assertThat(list.get("data")).hasSize(1);
    JsonNode model = list.get("data").get(0);
    assertThat(model.get("id").stringValue()).isEqualTo(TestServer.MODEL);
    assertThat(model.get("object").stringValue()).isEqualTo("model");
    assertThat(TestServer.json(SERVER.get("/v1/models/" + TestServer.MODEL).body()))
        .isEqualTo(model);
  }

  @Test
  void aRequestKeepsItsIdOrGetsOne() {
    HttpResponse<String> given =
        SERVER.send(SERVER.request("/v1/models").header("X-Request-Id", "abc-1").GET().build());
    assertThat(given.headers().firstValue("x-request-id")).hasValue("abc-1");
    HttpResponse<String> bad =
        SERVER.send(
            SERVER.request("/v1/models").header("X-Request-Id", "a b<script>").GET().build());
    assertThat(bad.headers().firstValue("x-request-id"))
        .hasValueSatisfying(id -> assertThat(id).startsWith("req_"));
    assertThat(bad.headers().firstValueAsLong("openai-processing-ms")).isPresent();
  }

  @Test
  void gatewaysLearnItsReadinessAndItsLoad() {
    HttpResponse<String> ready = SERVER.get("/readyz");
    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(ready.headers().firstValueAsLong("X-OmniMamba-Outstanding-Tokens")).isPresent();
    assertThat(SERVER.get("/v1/models").headers().firstValue("X-OmniMamba-Outstanding-Tokens"))
        .hasValueSatisfying(tokens -> assertThat(tokens).matches("\\d+"));
  }

  @Test
  void theApiIsDescribed() {
    HttpResponse<String> response = SERVER.get("/v3/api-docs");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode api = TestServer.json(response.body());
    JsonNode paths = api.get("paths");
    assertThat(paths.propertyNames())
        .contains(
            "/v1/chat/completions", "/v1/images/generations", "/v1/models", "/v1/models/{id}");
    JsonNode chat = api.get("components").get("schemas").get("ChatCompletionRequest");
    assertThat(chat.get("properties").propertyNames())
        .contains("messages", "max_completion_tokens", "return_token_ids", "stop")
        .doesNotContain("others");
    JsonNode image = api.get("components").get("schemas").get("ImageGenerationRequest");
    assertThat(image.get("properties").propertyNames()).contains("prompt", "partial_images", "n");
  }

  @Test
  void metersHaveTheirPrometheusNames() {
    SERVER.ok("/v1/images/generations", "{\"prompt\":\"a cat\"}");
    String metrics = management("/actuator/prometheus").body();
    assertThat(metrics)
        .contains(
            "omnimamba_requests_running",
            "omnimamba_requests_waiting",
            "omnimamba_slots_in_use",
            "omnimamba_time_to_first_token_seconds_bucket",
            "omnimamba_inter_token_latency_seconds_bucket",
            "omnimamba_request_queue_time_seconds_bucket",
            "omnimamba_e2e_request_latency_seconds_bucket",
            "omnimamba_prompt_tokens_total",
            "omnimamba_generation_tokens_total{task=\"t2i\"",
            "omnimamba_images_total",
            "omnimamba_request_success_total{finished_reason=\"length\"");
  }

  @Test
  void theManagementPortNeedsNoTokenAndTheServicePortShowsNoActuator() {
    assertThat(management("/actuator/health/readiness").statusCode()).isEqualTo(200);
    assertThat(management("/actuator/health/liveness").statusCode()).isEqualTo(200);
    assertThat(management("/actuator/env").statusCode()).isEqualTo(404);
    assertThat(SERVER.get("/actuator/health").statusCode()).isEqualTo(404);
    assertThat(
            SERVER
                .send(HttpRequest.newBuilder(SERVER.uri("/v3/api-docs")).GET().build())
                .statusCode())
        .isEqualTo(401);
  }

  private static HttpResponse<String> management(String path) {
    return SERVER.send(HttpRequest.newBuilder(SERVER.managementUri(path)).GET().build());
  }

  /** All tests here would fail on a blocked event loop; this one shows that they look. */
  @Test
  void blockingAnEventLoopIsDetected() {
    CountDownLatch never = new CountDownLatch(1);
    Mono<Boolean> blocking =
        Mono.fromCallable(() -> never.await(1, TimeUnit.MILLISECONDS))
            .subscribeOn(Schedulers.parallel());
    assertThatThrownBy(blocking::block)
        .hasRootCauseInstanceOf(reactor.blockhound.BlockingOperationError.class);
  }
}
