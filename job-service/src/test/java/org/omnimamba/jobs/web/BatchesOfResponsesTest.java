package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.omnimamba.jobs.testing.Batches.RESPONSES;
import static org.omnimamba.jobs.testing.Batches.ids;
import static org.omnimamba.jobs.testing.Batches.json;
import static org.omnimamba.jobs.testing.Batches.line;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Batches;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Batches whose requests are those of {@code POST /v1/responses}. */
class BatchesOfResponsesTest {
  private final TestService service = TestService.shared();
  private final String tenant = "batches-" + UUID.randomUUID();
  private final WebTestClient client = service.client(tenant);
  private final Batches batches = new Batches(client);

  @AfterEach
  void reset() {
    service.inference().reset();
  }

  /** A line whose body has a model and these members, which are JSON. */
  private static String respond(String id, String members) {
    return line(id, RESPONSES, "{\"model\":\"omnimamba\"," + members + "}");
  }

  private JsonNode run(String... lines) {
    return batches.awaitStatus(batches.start(RESPONSES, List.of(lines)), "completed");
  }

  private JsonNode answer(JsonNode batch) {
    JsonNode line = batches.lines(batch.path("output_file_id")).get(0);
    assertThat(line.path("response").path("status_code").asInt()).isEqualTo(200);
    return line.path("response").path("body");
  }

  private JsonNode refusal(JsonNode batch) {
    JsonNode line = batches.lines(batch.path("error_file_id")).get(0);
    assertThat(line.path("response").path("status_code").asInt()).isEqualTo(400);
    return line.path("response").path("body").path("error");
  }

  private JsonNode created(WebTestClient by, String input) {
    return json(
        by.post()
            .uri("/v1/responses")
            .bodyValue(Map.of("model", "omnimamba", "input", input))
            .exchange(),
        200);
  }

  @Test
  void answersAreResponses() {
    JsonNode batch =
        run(
            respond(
                "a",
                "\"input\":\"hello\",\"instructions\":\"be brief\",\"metadata\":{\"n\":\"1\"}"),
            respond("b", "\"input\":\"an apple\",\"tools\":[{\"type\":\"image_generation\"}]"));
    assertThat(batch.path("endpoint").asString("")).isEqualTo(RESPONSES);
    assertThat(batch.path("model").asString("")).isEqualTo("omnimamba");
    assertThat(batch.path("request_counts").path("completed").asInt()).isEqualTo(2);
    assertThat(batch.path("usage").path("input_tokens").asInt()).isEqualTo(5);
    assertThat(batch.path("usage").path("output_tokens").asInt()).isEqualTo(3);
    assertThat(batch.has("error_file_id")).isFalse();

    List<JsonNode> lines = batches.lines(batch.path("output_file_id"));
    assertThat(ids(lines)).containsExactly("a", "b");
    JsonNode text = lines.get(0).path("response").path("body");
    assertThat(text.path("id").asString("")).matches("resp_[0-9a-f]{32}");
    assertThat(text.path("object").asString("")).isEqualTo("response");
    assertThat(text.path("status").asString("")).isEqualTo("completed");
    assertThat(text.path("metadata").path("n").asString("")).isEqualTo("1");
    assertThat(text.path("usage").path("total_tokens").asInt()).isEqualTo(8);
    JsonNode message = text.path("output").path(0);
    assertThat(message.path("content").path(0).path("text").asString("")).isEqualTo("a red apple");
    JsonNode picture = lines.get(1).path("response").path("body").path("output").path(0);
    assertThat(picture.path("type").asString("")).isEqualTo("image_generation_call");
    assertThat(Base64.getDecoder().decode(picture.path("result").asString("")))
        .isEqualTo(FakeInference.PNG);
    assertThat(service.inference().received())
        .hasSize(2)
        .allMatch(request -> request.headers().containsKey("x-omnimamba-traffic"));
  }

  /** A replica that cannot do them claims {@code batch} and {@code batch_line}. */
  @Test
  void theirJobsAreKindsOfTheirOwn() {
    run(respond("a", "\"input\":\"hello\""));
    assertThat(
            service
                .database()
                .text(
                    "SELECT string_agg(kind, ' ' ORDER BY kind) FROM queue_job WHERE tenant = '"
                        + tenant
                        + "'"))
        .isEqualTo("batch_of_responses batch_response");
  }

  @Test
  void aCancelledBatchStopsItsRequests() {
    service.inference().answering((body, response) -> FakeInference.hanging().to(body, response));
    String id = batches.start(RESPONSES, List.of(respond("a", "\"input\":\"hello\"")));
    awaitReceived();
    json(client.post().uri("/v1/batches/{id}/cancel", id).exchange(), 200);
    JsonNode batch = batches.awaitStatus(id, "cancelled");
    JsonNode open = batches.lines(batch.path("error_file_id")).get(0);
    assertThat(open.path("error").path("code").asString("")).isEqualTo("batch_cancelled");
  }

  @Test
  void aJobThatAReplicaEndedWhichDoesNotKnowItsKindEndsItsLine() {
    service.inference().answering((body, response) -> FakeInference.hanging().to(body, response));
    String id = batches.start(RESPONSES, List.of(respond("a", "\"input\":\"hello\"")));
    awaitReceived();
    service
        .database()
        .execute(
            "UPDATE queue_job SET status = 'failed', error_code = 'worker_lost', error_message ="
                + " 'lost', worker = NULL, lease_until = NULL, token = token + 1,"
                + " version = version + 1, updated_at = queue_now(), finished_at = queue_now()"
                + " WHERE kind = 'batch_response' AND tenant = '"
                + tenant
                + "'");
    JsonNode batch = batches.awaitStatus(id, "completed");
    assertThat(batch.path("request_counts").path("failed").asInt()).isEqualTo(1);
    assertThat(ids(batches.lines(batch.path("error_file_id")))).containsExactly("a");
  }

  private void awaitReceived() {
    await().atMost(Duration.ofSeconds(60)).until(() -> !service.inference().received().isEmpty());
  }

  @Test
  void anAnswerIsStoredOnlyIfThatIsAskedFor() {
    JsonNode batch =
        run(
            respond("a", "\"input\":\"hello\",\"store\":true"),
            respond("b", "\"input\":\"hello\""));
    List<JsonNode> lines = batches.lines(batch.path("output_file_id"));
    JsonNode stored = lines.get(0).path("response").path("body");
    JsonNode left = lines.get(1).path("response").path("body");
    assertThat(stored.path("store").booleanValue()).isTrue();
    assertThat(left.path("store").booleanValue()).isFalse();
    String path = "/v1/responses/{id}";
    assertThat(json(client.get().uri(path, stored.path("id").asString("")).exchange(), 200))
        .isEqualTo(stored);
    json(client.get().uri(path, left.path("id").asString("")).exchange(), 404);
    json(service.client("other").get().uri(path, stored.path("id").asString("")).exchange(), 404);

    JsonNode next =
        run(
            respond(
                "c",
                "\"input\":\"and?\",\"previous_response_id\":" + stored.path("id").toString()));
    assertThat(answer(next).path("previous_response_id")).isEqualTo(stored.path("id"));
    assertThat(service.inference().received().get(2).body().path("messages").path(1).path("role"))
        .hasToString("\"assistant\"");
  }

  @Test
  void aConversationOfAnotherTenantIsNotFound() {
    String theirs = created(service.client("other"), "hello").path("id").asString("");
    JsonNode error =
        refusal(
            run(respond("a", "\"input\":\"and?\",\"previous_response_id\":\"" + theirs + "\"")));
    assertThat(error.path("code").asString("")).isEqualTo("previous_response_not_found");
    assertThat(error.path("param").asString("")).isEqualTo("previous_response_id");
  }

  @Test
  void whatNoResponseCanDoIsRefusedInItsLine() {
    JsonNode batch =
        run(
            respond("good", "\"input\":\"hello\""),
            respond("background", "\"input\":\"hello\",\"background\":true"),
            respond("tool", "\"input\":\"hello\",\"tools\":[{\"type\":\"web_search\"}]"),
            line("model", RESPONSES, "{\"input\":\"hello\"}"),
            respond("input", "\"instructions\":\"be brief\""));
    assertThat(batch.path("request_counts").toString())
        .isEqualTo("{\"total\":5,\"completed\":1,\"failed\":4}");
    List<JsonNode> lines = batches.lines(batch.path("error_file_id"));
    assertThat(ids(lines)).containsExactly("background", "tool", "model", "input");
    assertThat(
            lines.stream()
                .map(line -> line.path("response").path("body").path("error"))
                .map(
                    error ->
                        error.path("param").asString("") + " " + error.path("code").asString("")))
        .containsExactly(
            "background unsupported_parameter",
            "tools[0].type unsupported_parameter",
            "model missing_required_parameter",
            "input missing_required_parameter");
    assertThat(lines)
        .allMatch(line -> line.path("response").path("status_code").asInt() == 400)
        .allMatch(
            line ->
                line.path("response")
                    .path("body")
                    .path("error")
                    .path("type")
                    .asString("")
                    .equals("invalid_request_error"));
    assertThat(service.inference().received()).hasSize(1);
  }

  @Test
  void whatInferenceRefusesIsToldInTheMembersOfAResponse() {
    service
        .inference()
        .answering(
            (body, response) ->
                FakeInference.error(400, "invalid_request_error", "no such size")
                    .to(body, response));
    JsonNode error =
        refusal(
            run(
                respond(
                    "a",
                    "\"input\":\"an apple\",\"tools\":[{\"type\":\"image_generation\",\"size\":\"1x1\"}]")));
    assertThat(error.path("param").asString("")).isEqualTo("tools[0].size");
    assertThat(error.path("code").asString("")).isEqualTo("bad_size");
  }

  @Test
  void aStreamedRequestFailsTheBatchBeforeAnythingRuns() {
    String id =
        batches.start(
            RESPONSES,
            List.of(
                respond("a", "\"input\":\"hello\""),
                respond("b", "\"input\":\"hello\",\"stream\":true")));
    JsonNode error = batches.awaitStatus(id, "failed").path("errors").path("data").path(0);
    assertThat(error.path("code").asString("")).isEqualTo("unsupported_parameter");
    assertThat(error.path("line").asInt()).isEqualTo(2);
    assertThat(service.inference().received()).isEmpty();
  }
}
