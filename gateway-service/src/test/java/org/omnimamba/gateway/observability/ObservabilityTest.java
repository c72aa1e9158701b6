package org.omnimamba.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** Metrics, logs and traces of real requests. */
@ExtendWith(OutputCaptureExtension.class)
class ObservabilityTest {
  private static final String SECRET = "a prompt that nobody else may read";

  private static Upstream inference() {
    return Upstream.start(
        routes ->
            routes.post(
                "/v1/chat/completions",
                (request, response) ->
                    request
                        .receive()
                        .aggregate()
                        .then(
                            response
                                .header("Content-Type", "application/json")
                                .sendString(Mono.just("{\"usage\":{\"completion_tokens\":7}}"))
                                .then())));
  }

  private static String metrics(Gateway gateway) throws Exception {
    return gateway
        .send(
            HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:" + gateway.managementPort() + "/actuator/prometheus")))
        .body();
  }

  @Test
  void countsRequestsTokensAndRefusalsAndLogsNoSecrets(CapturedOutput output) throws Exception {
    try (Upstream inference = inference();
        Gateway gateway = Gateway.start(inference.url(), "http://127.0.0.1:1")) {
      gateway.send(
          gateway
              .request("/v1/chat/completions?note=" + SECRET.replace(' ', '+'))
              .header("Content-Type", "application/json")
              .header("X-Request-Id", "req-of-this-test")
              .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"" + SECRET + "\"}")));
      gateway.post("/v1/chat/completions", "{\"" + SECRET);
      gateway.send(
          HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/models"))
              .header("Authorization", "Bearer om_somebodys_key_of_no_use"));

      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(metrics(gateway))
                      .containsPattern(
                          "omnimamba_gateway_requests_seconds_count\\{.*route=\"/v1/chat/completions\","
                              + "status=\"200\".*} 1")
                      .containsPattern("omnimamba_gateway_tokens_total\\{.*kind=\"chat\".*} 7")
                      .containsPattern(
                          "omnimamba_gateway_refusals_total\\{.*code=\"invalid_json\".*} 1")
                      .containsPattern(
                          "omnimamba_gateway_refusals_total\\{.*code=\"invalid_api_key\".*} 1")
                      .contains(
                          "omnimamba_gateway_replica_load",
                          "omnimamba_gateway_replica_ready",
                          "omnimamba_gateway_bodies_bytes",
                          "omnimamba_gateway_first_byte_seconds_bucket"));
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(output.getAll())
                      .contains("POST /v1/chat/completions -> 200", "req-of-this-test"));
      assertThat(output.getAll())
          .doesNotContain(SECRET, SECRET.replace(' ', '+'), Gateway.KEY, "somebodys_key");
    }
  }

  /** As in containers, where a program reads the log. */
  @Test
  void logsJsonWhereItIsConfigured(CapturedOutput output) throws Exception {
    try (Upstream inference = inference();
        Gateway gateway =
            Gateway.start(
                inference.url(),
                "http://127.0.0.1:1",
                "logging.config",
                "classpath:json-logback.xml",
                "logging.structured.format.console",
                "logstash")) {
      gateway.send(gateway.request("/v1/models").header("X-Request-Id", "in-json").GET());
      gateway.send(
          gateway
              .request("/v1/models")
              .setHeader("Authorization", "Bearer om_somebodys_key")
              .header("X-Request-Id", "turned-away")
              .GET());
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> {
                assertThat(line(output, "in-json").path("tenant").asString()).isEqualTo("default");
                assertThat(line(output, "turned-away").path("status").intValue()).isEqualTo(401);
              });
      assertThat(output.getAll()).doesNotContain("somebodys_key");
    }
  }

  private static JsonNode line(CapturedOutput output, String requestId) {
    return output
        .getAll()
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(line -> JsonMapper.builder().build().readTree(line))
        .filter(line -> line.path("request_id").asString("").equals(requestId))
        .findFirst()
        .orElseGet(MissingNode::getInstance);
  }

  @Test
  void tracesLeaveOnlyForAConfiguredCollectorAndGoThroughTheHops() throws Exception {
    AtomicReference<String> exported = new AtomicReference<>("");
    try (Upstream collector =
            Upstream.start(
                routes ->
                    routes.post(
                        "/v1/traces",
                        (request, response) ->
                            request
                                .receive()
                                .aggregate()
                                .asString()
                                .doOnNext(exported::set)
                                .then(response.send().then())));
        Upstream inference = inference();
        Gateway gateway =
            Gateway.start(
                inference.url(),
                "http://127.0.0.1:1",
                "management.opentelemetry.tracing.export.otlp.endpoint",
                collector.url() + "/v1/traces",
                "management.tracing.sampling.probability",
                "1.0")) {
      HttpResponse<String> answer = gateway.post("/v1/chat/completions", "{}");
      assertThat(answer.statusCode()).isEqualTo(200);
      String parent = inference.last().headers().get("traceparent");
      assertThat(parent).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> collector.seen().stream().anyMatch(seen -> seen.uri().equals("/v1/traces")));
      assertThat(exported.get()).doesNotContain(Gateway.KEY, Gateway.INTERNAL_TOKEN);
    }
  }

  @Test
  void withoutACollectorNoTraceLeaves() throws Exception {
    try (Upstream inference = inference();
        Gateway gateway =
            Gateway.start(
                inference.url(),
                "http://127.0.0.1:1",
                "management.tracing.sampling.probability",
                "1.0")) {
      assertThat(gateway.post("/v1/chat/completions", "{}").statusCode()).isEqualTo(200);
      assertThat(inference.last().headers().get("traceparent")).isNotNull();
      assertThat(gateway.beans(SpanExporter.class)).isEmpty();
    }
  }

  @Test
  void theDashboardAsksForMetersThatExist() throws Exception {
    Pattern name = Pattern.compile("omnimamba_gateway_[a-z_]+");
    String dashboard = Files.readString(Path.of("..", "docs", "grafana", "omnimamba.json"));
    Set<String> asked =
        name.matcher(dashboard).results().map(MatchResult::group).collect(Collectors.toSet());
    assertThat(asked).isNotEmpty();
    try (Upstream good = inference();
        Upstream refusing =
            Upstream.start(
                routes ->
                    routes.post(
                        "/v1/chat/completions",
                        (request, response) -> response.status(503).send()));
        Gateway gateway =
            Gateway.start(
                good.url() + "," + refusing.url(),
                "http://127.0.0.1:1",
                "omnimamba.gateway.limits.redis.url",
                "redis://127.0.0.1:1",
                "omnimamba.gateway.limits.redis.when-down",
                "local")) {
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                // Sooner or later one meets the replica that refuses, and is tried again.
                gateway.post("/v1/chat/completions", "{}");
                gateway.post("/v1/chat/completions", "{");
                assertThat(
                        metrics(gateway)
                            .lines()
                            .filter(line -> line.contains("application=\"gateway-service\""))
                            .map(line -> line.substring(0, line.indexOf('{'))))
                    .containsAll(asked);
              });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/chat/completions,/v1/chat/completions",
    "/v1/models/some-model,/v1/models/{model}",
    "/v1/images/files/0a.1.0b.png,/v1/images/files/{name}",
    "/v1/jobs,/v1/jobs",
    "/v1/jobs/redrive,/v1/jobs/redrive",
    "/v1/jobs/0199aa00-0000-7000-8000-000000000001/events,/v1/jobs/{id}/events",
    "/v1/jobs/made-up,/v1/jobs/{id}",
    "/v1/jobs/made-up/cancel,/v1/jobs/{id}/cancel",
    "/v1/jobs/made-up/made-up,other",
    "/v1/webhook-endpoints/deliveries/made-up,/v1/webhook-endpoints/deliveries/{id}",
    "/v1/webhook-endpoints/made-up/deliveries,/v1/webhook-endpoints/{id}/deliveries",
    "/admin/v1/keys/0199aa00-0000-7000-8000-000000000001,/admin/v1/keys/{id}",
    "/made-up,other",
  })
  void namesRoutesWithoutIds(String path, String route) {
    assertThat(Routes.of(path)).isEqualTo(route);
  }
}
