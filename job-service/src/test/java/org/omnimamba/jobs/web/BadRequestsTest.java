package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{\"\\ud83c\":1}} | malformed-json |400",
        "{\"endpoint\":\"/v1/images/generations\",\"body\":{},\"metadata\":{\"\\udf4e\":\"a\"}} | malformed-json |400",
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"deadline\":\"\" | /deadline",
        "\"deadline\":\" \" | /deadline",
        "\"deadline\":4102444800 | /deadline",
        "\"deadline\":4102444800.5 | /deadline",
        "\"deadline\":true | /deadline",
        "\"deadline\":[] | /deadline",
        "\"deadline\":{} | /deadline",
        "\"deadline\":\"2999-01-01\" | /deadline",
        "\"deadline\":\"2999-01-01T00:00:00\" | /deadline",
        "\"deadline\":\"2999-02-30T00:00:00Z\" | /deadline",
        "\"deadline\":\"9999-12-31T23:59:59-05:00\" | /deadline",
        "\"deadline\":\"+294277-01-01T00:00:00Z\" | /deadline",
        "\"priority\":1.9 | /priority",
        "\"priority\":1.0 | /priority",
        "\"priority\":1e0 | /priority",
        "\"priority\":\"1\" | /priority",
        "\"priority\":\"\" | /priority",
        "\"priority\":true | /priority",
        "\"priority\":[1] | /priority",
        "\"priority\":99999999999 | /priority",
        "\"metadata\":{\"a/b\":1.50} | /metadata/a~1b",
        "\"metadata\":{\"a\":true} | /metadata/a",
        "\"metadata\":{\"a\":[]} | /metadata/a",
        "\"metadata\":{\"a\":\"\\ud800\"} | /metadata/a",
        "\"metadata\":\"\" | /metadata",
        "\"metadata\":[] | /metadata",
        "\"webhook\":\"\" | /webhook",
        "\"webhook\":\"https://example.com/\" | /webhook",
        "\"webhook\":{\"url\":5} | /webhook/url",
        "\"webhook\":{\"url\":\"https://example.com/\",\"events\":\"job.failed\"} | /webhook/events",
        "\"webhook\":{\"url\":\"https://example.com/\",\"events\":[1]} | /webhook/events/0",
        "\"endpoint\":5 | /endpoint",
        "\"endpoint\":\"\\udfff\" | /endpoint",
        "\"body\":{\"prompt\":\"an apple \\ud83c\"} | /body/prompt",
        "\"body\":{\"a\":[0,{\"b/\":\"\\udf4e\\ud83c\"}]} | /body/a/1/b~1",
        "\"body\":\"\" | /body"
      })
  void namesTheMemberThatHasAnotherTypeOrForm(String member, String pointer) {
    List<String> members = new ArrayList<>(List.of(member.strip()));
    if (!member.startsWith("\"endpoint")) {
      members.add("\"endpoint\":\"/v1/images/generations\"");
    }
    if (!member.startsWith("\"body")) {
      members.add("\"body\":{}");
    }
    JsonNode problem =
        expectProblem(
            client
                .post()
                .uri("/v1/jobs")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{" + String.join(",", members) + "}")
                .exchange(),
            "validation",
            422);
    assertThat(problem.path("errors").size()).isEqualTo(1);
    assertThat(problem.path("errors").path(0).path("pointer").stringValue())
        .isEqualTo(pointer.strip());
    assertThat(Jobs.get(client, "/v1/jobs").path("data").size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "1.0", "1e1", "99999999999", "\0"})
  void aNumberInTheAddressThatIsNoneIsNamed(String value) {
    JsonNode limit =
        expectProblem(
            client.get().uri("/v1/jobs?limit={n}", value).exchange(), "invalid-request", 400);
    assertThat(limit.path("detail").stringValue()).isEqualTo("limit must be a whole number.");
    String content = "/v1/jobs/01890000-0000-7000-8000-000000000000/content?index={n}";
    JsonNode index =
        expectProblem(client.get().uri(content, value).exchange(), "invalid-request", 400);
    assertThat(index.path("detail").stringValue()).isEqualTo("index must be a whole number.");
  }

  @Test
  void whatIsNullCountsAsAbsentAndWholeSurrogatePairsAreKept() {
    WebTestClient other = service.client("good");
    JsonNode job =
        other
            .post()
            .uri("/v1/jobs")
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue(
                "{\"endpoint\":\"/v1/images/generations\",\"body\":{\"prompt\":\"\\ud83c\\udf4e\"},"
                    + "\"priority\":null,\"deadline\":null,\"webhook\":null,"
                    + "\"metadata\":{\"\\ud83c\\udf4e\":\"\\ud83c\\udf4e\"}}")
            .exchange()
            .expectStatus()
            .isAccepted()
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody();
    assertThat(job.path("metadata").path("\ud83c\udf4e").stringValue()).isEqualTo("\ud83c\udf4e");
    assertThat(job.path("priority").intValue()).isZero();
    assertThat(
            service
                .database()
                .number(
                    "SELECT count(*) FROM queue_job WHERE id = '"
                        + job.path("id").stringValue()
                        + "' AND payload LIKE '%\ud83c\udf4e%'"))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"finished_from\":\"+294277-01-01T00:00:00Z\"} | /finished_from",
        "{\"finished_before\":\"+294277-01-01T00:00:00Z\"} | /finished_before",
        "{\"finished_before\":\"+1000000000-12-31T23:59:59Z\"} | /finished_before",
        "{\"finished_from\":\"-4800-01-01T00:00:00Z\"} | /finished_from",
        "{\"finished_from\":\"\"} | /finished_from",
        "{\"finished_from\":1764000000} | /finished_from",
        "{\"limit\":1.5} | /limit",
        "{\"limit\":\"5\"} | /limit",
        "{\"limit\":\"\"} | /limit",
        "{\"limit\":false} | /limit",
        "{\"status\":1} | /status",
        "{\"error_code\":5} | /error_code",
        "{\"error_code\":\"\\ud800\"} | /error_code",
        "{\"error_code\":\"\\u0000\"} | /error_code"
      })
  void aRedriveNamesTheMemberThatHasAnotherTypeOrForm(String body, String pointer) {
    JsonNode problem =
        expectProblem(
            client
                .post()
                .uri("/v1/jobs/redrive")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange(),
            "validation",
            422);
    assertThat(problem.path("errors").path(0).path("pointer").stringValue())
        .isEqualTo(pointer.strip());
  }

  @Test
  void timesAtTheEdgesOfWhatCanBeWrittenAreTaken() {
    for (String edge : List.of("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z")) {
      client
          .post()
          .uri("/v1/jobs/redrive")
          .bodyValue(Map.of("finished_from", edge, "finished_before", edge))
          .exchange()
          .expectStatus()
          .isOk();
    }
  }

  @Test
  void aStreamOfEventsIsOnlyThereForThoseWhoTakeOne() {
    String id = Jobs.submitForId(service.client("bad-3"), Jobs.image("x"));
    expectProblem(
        service
            .client("bad-3")
            .get()
            .uri("/v1/jobs/{id}/events", id)
            .accept(MediaType.APPLICATION_JSON)
            .exchange(),
        "not-acceptable",
        406);
    expectProblem(
        client.get().uri("/v1/jobs/{id}/events", id).accept(MediaType.TEXT_EVENT_STREAM).exchange(),
        "not-found",
        404);
    expectProblem(
        client.get().uri("/v1/jobs").accept(MediaType.IMAGE_PNG).exchange(), "not-acceptable", 406);
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
