package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** What surrounds the endpoints: models, headers, documentation, metrics, health. */
@ExtendWith(OutputCaptureExtension.class)
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
  void eachRequestIsLoggedWithItsIdAndWithoutItsText(CapturedOutput output) {
    String secret = "a prompt that nobody else may read";
    SERVER.send(
        HttpRequest.newBuilder(
                SERVER.post("/v1/images/generations", "{\"prompt\":\"" + secret + "\"}"),
                (name, value) -> true)
            .header("X-Request-Id", "logged-1")
            .build());
    SERVER.send(
        HttpRequest.newBuilder(
                SERVER.post("/v1/chat/completions", "{\"" + secret), (name, value) -> true)
            .header("X-Request-Id", "logged-2")
            .build());
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(output.getAll())
                    .containsPattern("POST /v1/images/generations -> 200 in \\d+ ms \\(logged-1\\)")
                    .containsPattern("POST /v1/chat/completions -> 400 in \\d+ ms \\(logged-2\\)"));
    assertThat(output.getAll()).doesNotContain(secret);
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
        .contains("messages", "max_completion_tokens", "return_token_ids", "stop", "logit_bias")
        .contains("response_format", "structured_outputs", "presence_penalty")
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
            "omnimamba_images_total")
        .containsPattern("omnimamba_generation_tokens_total\\{.*task=\"t2i\"")
        .containsPattern("omnimamba_request_success_total\\{.*finished_reason=\"length\"");
  }

  @Test
  void theDashboardAsksForMetersThatExist() throws Exception {
    String dashboard = Files.readString(Path.of("..", "docs", "grafana", "omnimamba.json"));
    Set<String> asked =
        Pattern.compile("omnimamba_(?!gateway_)[a-z0-9_]+")
            .matcher(dashboard)
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toSet());
    assertThat(asked).isNotEmpty();
    SERVER.ok("/v1/images/generations", "{\"prompt\":\"a cat\"}");
    SERVER.ok(
        "/v1/chat/completions",
        """
        {"max_tokens":1,"messages":[{"role":"user","content":[{"type":"text","text":"What?"},
          {"type":"image_url","image_url":{"url":"%s"}}]}]}
        """
            .formatted(Photos.dataUri(Oracle.answers().get(0).photo())));
    assertThat(
            management("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.contains("application=\"inference-service\""))
                .map(line -> line.substring(0, line.indexOf('{'))))
        .containsAll(asked);
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
