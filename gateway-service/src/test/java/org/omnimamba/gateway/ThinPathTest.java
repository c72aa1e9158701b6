package org.omnimamba.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;

/** One request through each route, and the headers on the way. */
class ThinPathTest {
  static Upstream inference;
  static Upstream jobs;
  static Gateway gateway;

  @BeforeAll
  static void start() {
    inference =
        Upstream.start(
            routes ->
                routes
                    .get(
                        "/v1/models",
                        (request, response) ->
                            response
                                .header("Content-Type", "application/json")
                                .header("X-OmniMamba-Waiting", "3")
                                .sendString(reactor.core.publisher.Mono.just("{\"data\":[]}")))
                    .post(
                        "/v1/chat/completions",
                        (request, response) ->
                            response
                                .header("Content-Type", "application/json")
                                .send(request.receive().retain())));
    jobs =
        Upstream.start(
            routes ->
                routes.get(
                    "/v1/jobs",
                    (request, response) ->
                        response
                            .header("Content-Type", "application/json")
                            .sendString(reactor.core.publisher.Mono.just("[]"))));
    gateway = Gateway.start(inference.url(), jobs.url());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    inference.close();
    jobs.close();
  }

  @Test
  void routesToInferenceWithTheGatewaysHeadersOnly() throws Exception {
    HttpResponse<String> answer =
        gateway.send(
            gateway
                .request("/v1/models")
                .header("X-OmniMamba-Internal-Token", "smuggled")
                .header("X-OmniMamba-Tenant", "someone-else")
                .header("X-Forwarded-For", "10.0.0.1")
                .header("Cookie", "a=b")
                .header("X-Request-Id", "my-id")
                .GET());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"data\":[]}");
    assertThat(answer.headers().firstValue("x-request-id")).contains("my-id");
    assertThat(answer.headers().firstValue("x-omnimamba-waiting")).isEmpty();
    Upstream.Seen seen = inference.last();
    assertThat(seen.headers().getAll("X-OmniMamba-Internal-Token"))
        .containsExactly(Gateway.INTERNAL_TOKEN);
    assertThat(seen.headers().getAll("X-OmniMamba-Tenant")).containsExactly("default");
    assertThat(seen.headers().getAll("X-Request-Id")).containsExactly("my-id");
    assertThat(seen.headers().names())
        .noneMatch(
            name ->
                name.toLowerCase().startsWith("x-forwarded")
                    || name.equalsIgnoreCase("cookie")
                    || name.equalsIgnoreCase("authorization")
                    || name.equalsIgnoreCase("forwarded"));
  }

  @Test
  void routesToJobs() throws Exception {
    assertThat(gateway.get("/v1/jobs").body()).isEqualTo("[]");
  }

  @Test
  void passesABodyOn() throws Exception {
    String body = "{\"messages\":[\"ä\"]}";
    assertThat(gateway.post("/v1/chat/completions", body).body()).isEqualTo(body);
  }

  @Test
  void refusesWithoutAKeyInTheEnvelopeOfTheRoute() throws Exception {
    HttpResponse<String> inference =
        gateway.send(HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/models")));
    assertThat(inference.statusCode()).isEqualTo(401);
    assertThat(inference.body())
        .startsWith("{\"error\":{\"message\":")
        .contains("\"code\":\"missing_api_key\"", "\"param\":null");
    assertThat(inference.headers().firstValue("x-request-id").orElseThrow()).startsWith("req_");

    HttpResponse<String> jobs =
        gateway.send(
            HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/jobs"))
                .header("Authorization", "Bearer wrong-wrong-wrong-wrong"));
    assertThat(jobs.statusCode()).isEqualTo(401);
    assertThat(jobs.headers().firstValue("content-type")).contains("application/problem+json");
    assertThat(jobs.body()).contains("\"status\":401", "\"code\":\"invalid_api_key\"");
  }

  @Test
  void hasTheActuatorOnItsOwnPortOnly() throws Exception {
    assertThat(gateway.get("/actuator/health").statusCode()).isEqualTo(404);
    HttpResponse<String> health =
        gateway.send(
            HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:"
                        + gateway.managementPort()
                        + "/actuator/health/readiness")));
    assertThat(health.statusCode()).isEqualTo(200);
  }

  @Test
  void refusesABodyOverTheLimitAlsoWhenChunked() throws Exception {
    byte[] large = new byte[33 * 1024 * 1024];
    HttpResponse<String> answer =
        gateway.send(
            gateway
                .request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(large))));
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("\"code\":\"body_too_large\"");
  }
}
