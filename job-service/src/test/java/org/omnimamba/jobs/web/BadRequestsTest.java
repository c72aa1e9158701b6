package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/**
 * Whatever is wrong with a request, the answer is a problem that says what, and nothing is done.
 */
class BadRequestsTest {
  private final TestService service = TestService.apiOnly();
  private final WebTestClient client = service.client("bad");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "~~| invalid-request |400",
        "not json | malformed-json |400",
        "{\"endpoint\": | malformed-json |400",
        "[] | malformed-json |400",
        "null | invalid-request |400",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{}} {} | malformed-json |400",
        "{\"endpoint\":\"/v1/images/generations\",\"endpoint\":\"x\",\"body\":{}} | malformed-json |400",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"colour\":1} | unknown-member |400",
        "{\"endpoint\":\"/v1/models\",\"body\":{}} | validation |422",
        "{\"endpoint\":\"http://x/v1/images/generations\",\"body\":{}} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":[]} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\"} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{\"stream\":true}} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{\"stream_options\":{}}} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"priority\":10} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"priority\":\"x\"} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"deadline\":\"soon\"} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"deadline\":\"2001-01-01T00:00:00Z\"} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"deadline\":\"+10000-01-01T00:00:00Z\"} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"deadline\":\"+294277-01-01T00:00:00Z\"} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"deadline\":\"+1000000000-12-31T23:59:59Z\"} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"deadline\":\"-1000000000-01-01T00:00:00Z\"} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"deadline\":1e30} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"deadline\":1e3000} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"deadline\":99999999999999} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"metadata\":{\"\":\"x\"}} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"metadata\":{\"a\":null}} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"webhook\":{}} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"webhook\":{\"url\":\"https://example.com\",\"events\":[\"x\"]}} | validation |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"webhook\":{\"url\":\"https://10.0.0.1/\"}} | address-refused |422",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"webhook\":{\"url\":\"https://example.com/\"}} | validation |422"
      })
  void isExplained(String body, String problem, int status) {
    expectProblem(
        client
            .post()
            .uri("/v1/jobs")
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue(body)
            .exchange(),
        problem,
        status);
    assertThat(Jobs.get(client, "/v1/jobs").path("data").size()).isZero();
  }

  @Test
  void tellsEverythingThatIsWrongAtOnceAndWhere() {
    JsonNode problem =
        expectProblem(
            client
                .post()
                .uri("/v1/jobs")
                .bodyValue(Map.of("endpoint", "/x", "body", 1, "priority", -1))
                .exchange(),
            "validation",
            422);
    assertThat(problem.path("errors").toString())
        .contains("\"/endpoint\"", "\"/body\"", "\"/priority\"");
  }

  @Test
  void refusesJsonThatIsNestedTooDeeply() {
    String deep =
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{\"a\":"
            + "[".repeat(100)
            + "]".repeat(100)
            + "}}";
    expectProblem(
        client
            .post()
            .uri("/v1/jobs")
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue(deep)
            .exchange(),
        "malformed-json",
        400);
  }

  @Test
  void refusesALargeBodyWhetherItsLengthIsAnnouncedOrNot() {
    String large =
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{\"a\":\"" + "x".repeat(70_000) + "\"}}";
    expectProblem(
        client
            .post()
            .uri("/v1/jobs")
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue(large)
            .exchange(),
        "content-too-large",
        413);
    Flux<DataBuffer> chunks =
        Flux.range(0, 80)
            .map(
                i ->
                    DefaultDataBufferFactory.sharedInstance.wrap(
                        (i == 0 ? "{\"a\":\"" : "x".repeat(1000)).getBytes()));
    expectProblem(
        client
            .post()
            .uri("/v1/jobs")
            .contentType(MediaType.APPLICATION_JSON)
            .body(chunks, DataBuffer.class)
            .exchange(),
        "content-too-large",
        413);
  }

  @Test
  void refusesWhatIsNotJsonNotThereOrNotAllowed() {
    expectProblem(
        client.post().uri("/v1/jobs").contentType(MediaType.TEXT_PLAIN).bodyValue("x").exchange(),
        "unsupported-media-type",
        415);
    expectProblem(client.get().uri("/v1/nothing").exchange(), "not-found", 404);
    expectProblem(
        client.method(HttpMethod.PUT).uri("/v1/jobs").exchange(), "method-not-allowed", 405);
  }

  @Test
  void lastEventIdAndIdempotencyKeyAreChecked() {
    String id = Jobs.submitForId(service.client("bad-2"), Jobs.image("x"));
    expectProblem(
        service
            .client("bad-2")
            .get()
            .uri("/v1/jobs/{id}/events", id)
            .header("Last-Event-ID", "x")
            .exchange(),
        "invalid-request",
        400);
    expectProblem(
        client
            .post()
            .uri("/v1/jobs")
            .header("Idempotency-Key", "x".repeat(256))
            .bodyValue(Jobs.image("x"))
            .exchange(),
        "invalid-request",
        400);
  }

  @Test
  void onlyRequestsFromInsideThePlatformAreAnswered() {
    WebTestClient anonymous = service.anonymousClient();
    expectProblem(anonymous.get().uri("/v1/jobs").exchange(), "not-internal", 401);
    expectProblem(
        anonymous.get().uri("/v1/jobs").header("X-OmniMamba-Internal-Token", "wrong").exchange(),
        "not-internal",
        401);
    expectProblem(anonymous.get().uri("/v1/jobs/openapi.json").exchange(), "not-internal", 401);
    expectProblem(
        service.client("no/such tenant").get().uri("/v1/jobs").exchange(), "invalid-request", 400);
    anonymous
        .get()
        .uri("/v1/jobs")
        .header("X-OmniMamba-Internal-Token", TestService.TOKEN)
        .exchange()
        .expectStatus()
        .isOk();
  }

  private static JsonNode expectProblem(
      WebTestClient.ResponseSpec response, String problem, int status) {
    JsonNode body =
        response
            .expectStatus()
            .isEqualTo(HttpStatus.valueOf(status))
            .expectHeader()
            .contentType(MediaType.APPLICATION_PROBLEM_JSON)
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody();
    assertThat(body.path("type").stringValue())
        .isEqualTo("urn:omnimamba:problem:" + problem.strip());
    assertThat(body.path("status").intValue()).isEqualTo(status);
    assertThat(body.path("title").stringValue()).isNotEmpty();
    assertThat(body.path("detail").stringValue()).isNotEmpty().doesNotContain("omnimamba.jobs");
    assertThat(body.path("instance").stringValue()).startsWith("/v1/");
    return body;
  }
}
