package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;
import tools.jackson.databind.JsonNode;

/** One trace goes through all hops, also through the queue, and reaches a real collector. */
class TracingTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String PROMPT = "a prompt that no trace may hold";

  @TempDir static Path folder;
  private static Collector collector;
  private static Platform platform;

  @BeforeAll
  static void start() throws Exception {
    collector = new Collector();
    platform =
        Platform.start(
            OmniMambaHome.at(folder.resolve("home")),
            new StandaloneOptions(
                TinyModel.directory(),
                0,
                "127.0.0.1",
                Map.of(
                    "management.opentelemetry.tracing.export.otlp.endpoint", collector.url(),
                    "management.opentelemetry.tracing.export.schedule-delay", "100ms",
                    "management.tracing.sampling.probability", "1.0")));
    Readiness.await(platform.inferenceReadinessUrl());
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
    if (collector != null) {
      collector.close();
    }
  }

  @Test
  void aRequestIsOneTraceFromTheGatewayToInference() throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    HttpResponse<String> answer =
        post(
            "/v1/chat/completions",
            trace,
            "{\"max_tokens\":2,\"messages\":[{\"role\":\"user\",\"content\":\"" + PROMPT + "\"}]}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    awaitSpans(trace, "gateway-service", "inference-service");
    assertThat(collector.holds(PROMPT)).isFalse();
    assertThat(collector.holds(platform.keys().apiKey())).isFalse();
  }

  @Test
  void aJobIsOneTraceFromTheGatewayThroughTheQueueToInference() throws Exception {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    HttpResponse<String> answer =
        post(
            "/v1/jobs",
            trace,
            "{\"endpoint\":\"/v1/images/generations\",\"body\":{\"prompt\":\"" + PROMPT + "\"}}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    JsonNode job = GatewayClient.JSON.readTree(answer.body());
    assertThat(job.has("traceparent")).isFalse();
    GatewayClient client = new GatewayClient(platform.url(), platform.keys().apiKey());
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                client
                    .getJson("/v1/jobs/" + job.path("id").asString())
                    .path("status")
                    .asString()
                    .equals("completed"));
    awaitSpans(trace, "gateway-service", "job-service", "inference-service");
  }

  private static void awaitSpans(String trace, String... services) {
    for (String service : services) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(collector.has(service, trace)).as("a span of " + service).isTrue());
    }
  }

  private static HttpResponse<String> post(String path, String trace, String body)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(platform.url() + path))
                .header("Authorization", "Bearer " + platform.keys().apiKey())
                .header("Content-Type", "application/json")
                .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
