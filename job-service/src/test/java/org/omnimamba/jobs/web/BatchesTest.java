package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.omnimamba.jobs.testing.Batches.CHAT;
import static org.omnimamba.jobs.testing.Batches.IMAGES;
import static org.omnimamba.jobs.testing.Batches.RESPONSES;
import static org.omnimamba.jobs.testing.Batches.ask;
import static org.omnimamba.jobs.testing.Batches.draw;
import static org.omnimamba.jobs.testing.Batches.ids;
import static org.omnimamba.jobs.testing.Batches.json;
import static org.omnimamba.jobs.testing.Batches.line;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.jobs.testing.Batches;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import tools.jackson.databind.JsonNode;

/** Batches over HTTP: a file of requests in, files of answers and of errors out. */
class BatchesTest {
  private final TestService service = TestService.shared();
  private final String tenant = "batches-" + UUID.randomUUID();
  private final WebTestClient client = service.client(tenant);
  private final Batches batches = new Batches(client);

  @AfterEach
  void reset() {
    service.inference().reset();
  }

  private static void refused(ResponseSpec answer, int status, String code) {
    assertThat(json(answer, status).path("error").path("code").asString("")).isEqualTo(code);
  }

  @Test
  void answersAndRefusalsStandInFilesInTheOrderOfTheLines() {
    service
        .inference()
        .answering(
            (body, response) ->
                body.toString().contains("bad")
                    ? FakeInference.error(400, "invalid_request_error", "no").to(body, response)
                    : FakeInference.complete(body, response));
    batches.tellTheirEnd();
    List<String> lines = new ArrayList<>();
    List<String> good = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      (i % 6 == 5 ? bad : good).add("q" + i);
      lines.add(ask("q" + i, i % 6 == 5 ? "bad" : "good"));
    }
    String id = batches.start(CHAT, lines);
    JsonNode batch = batches.awaitStatus(id, "completed");
    assertThat(batch.path("request_counts").toString())
        .isEqualTo("{\"total\":30,\"completed\":25,\"failed\":5}");
    assertThat(batch.path("model").asString("")).isEqualTo("omnimamba");
    assertThat(batch.path("usage").path("input_tokens").asInt()).isEqualTo(25 * 5);
    assertThat(batch.path("usage").path("output_tokens").asInt()).isEqualTo(25 * 3);
    assertThat(batch.path("usage").path("total_tokens").asInt()).isEqualTo(25 * 8);
    for (String time : List.of("in_progress_at", "finalizing_at", "completed_at")) {
      assertThat(batch.path(time).asLong()).isPositive();
    }

    List<JsonNode> answers = batches.lines(batch.path("output_file_id"));
    assertThat(ids(answers)).isEqualTo(good);
    JsonNode answer = answers.get(0);
    assertThat(answer.path("error").isNull()).isTrue();
    assertThat(answer.path("response").path("status_code").asInt()).isEqualTo(200);
    assertThat(answer.path("response").path("body").path("object").asString(""))
        .isEqualTo("chat.completion");
    List<JsonNode> errors = batches.lines(batch.path("error_file_id"));
    assertThat(ids(errors)).isEqualTo(bad);
    JsonNode refusal = errors.get(0).path("response");
    assertThat(refusal.path("status_code").asInt()).isEqualTo(400);
    assertThat(refusal.path("body").path("error").path("code").asString("")).isEqualTo("bad_size");
    assertThat(service.inference().received()).hasSize(30);

    String told = "FROM webhook_delivery WHERE tenant = '" + tenant + "'";
    assertThat(service.database().number("SELECT count(*) " + told)).isEqualTo(1);
    assertThat(
            service
                .database()
                .number(
                    "SELECT count(*) "
                        + told
                        + " AND payload::json ->> 'type' = 'batch.completed'"
                        + " AND payload::json ->> 'object' = 'event'"
                        + " AND payload::json -> 'data' ->> 'id' = '"
                        + id
                        + "'"))
        .isEqualTo(1);
  }

  @Test
  void picturesStandInTheirLines() {
    JsonNode batch =
        batches.awaitStatus(batches.start(IMAGES, List.of(draw("a"), draw("b"))), "completed");
    List<JsonNode> answers = batches.lines(batch.path("output_file_id"));
    assertThat(ids(answers)).containsExactly("a", "b");
    JsonNode picture = answers.get(1).path("response").path("body").path("data").get(0);
    assertThat(Base64.getDecoder().decode(picture.path("b64_json").asString("")))
        .isEqualTo(FakeInference.PNG);
    assertThat(picture.has("url")).isFalse();
    assertThat(batch.has("error_file_id")).isFalse();
  }

  @Test
  void oneBadLineFailsTheBatchBeforeAnythingRuns() {
    String id =
        batches.start(
            CHAT,
            List.of(
                ask("a", "good"),
                "{broken",
                "",
                ask("a", "again"),
                draw("b"),
                line("c", CHAT, "{\"messages\":[],\"stream\":true}"),
                line("d", CHAT, "5"),
                "[]",
                ask("\\ud800", "half a character"),
                line("e", CHAT, "{\"messages\":[],\"n\":1,\"n\":2}"),
                ask("f", "x").replace("\"method\"", "\"custom_id\":\"g\",\"method\"")));
    JsonNode batch = batches.awaitStatus(id, "failed");
    Map<Integer, String> errors = new HashMap<>();
    batch
        .path("errors")
        .path("data")
        .forEach(e -> errors.put(e.path("line").asInt(), e.path("code").asString("")));
    assertThat(errors)
        .isEqualTo(
            Map.of(
                2, "invalid_json_line",
                4, "duplicate_custom_id",
                5, "invalid_url",
                6, "unsupported_parameter",
                7, "invalid_body",
                8, "invalid_json_line",
                9, "invalid_custom_id",
                10, "invalid_json_line",
                11, "invalid_json_line"));
    assertThat(batch.path("request_counts").path("total").asInt()).isZero();
    assertThat(batch.has("output_file_id")).isFalse();
    assertThat(service.inference().received()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"metadata\":{\"a\":1}} | metadata.a | invalid_value",
        "{\"metadata\":5} | metadata | invalid_value",
        "{\"metadata\":{\"a\":\"\\ud800\"}} | metadata.a | invalid_value",
        "{\"input_file_id\":5} | input_file_id | invalid_value",
        "{\"endpoint\":[]} | endpoint | invalid_value",
        "{\"completion_window\":24} | completion_window | invalid_value",
        "{\"output_expires_after\":5} | output_expires_after | invalid_value",
        "{\"output_expires_after\":{\"seconds\":\"3600\"}} | output_expires_after.seconds | invalid_value",
        "{\"output_expires_after\":{\"seconds\":3600.5}} | output_expires_after.seconds | invalid_value",
        "{\"colour\":\"red\"} | colour | unknown_parameter",
      })
  void aRefusalNamesTheMember(String body, String param, String code) {
    JsonNode error =
        Batches.json(
                client
                    .post()
                    .uri("/v1/batches")
                    .header("Content-Type", "application/json")
                    .bodyValue(body)
                    .exchange(),
                400)
            .path("error");
    assertThat(error.path("param").asString("")).isEqualTo(param);
    assertThat(error.path("code").asString("")).isEqualTo(code);
    assertThat(error.path("message").asString("")).contains("'" + param + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/batches?limit=x, limit",
    "/v1/files?limit=1.5, limit",
    "/v1/responses/resp_01a228d80ae679f290896f93a09c3337?stream=true&starting_after=x, starting_after",
    "/v1/responses/resp_01a228d80ae679f290896f93a09c3337/input_items?limit=x, limit",
  })
  void aRefusalNamesTheParameterOfTheQuery(String address, String param) {
    JsonNode error = Batches.json(client.get().uri(address).exchange(), 400).path("error");
    assertThat(error.path("param").asString("")).isEqualTo(param);
    assertThat(error.path("code").asString("")).isEqualTo("invalid_value");
    assertThat(error.path("message").asString("")).startsWith(param + " must be");
  }

  @Test
  void aFileIsUtf8WithOrWithoutAByteOrderMark() {
    String marked = '\ufeff' + String.join("\r\n", List.of(ask("a", "one"), ask("b", "two")));
    JsonNode batch = batches.awaitStatus(batches.start(CHAT, List.of(marked)), "completed");
    assertThat(ids(batches.lines(batch.path("output_file_id")))).containsExactly("a", "b");
    service.inference().reset();
    for (Charset other : List.of(StandardCharsets.ISO_8859_1, StandardCharsets.UTF_16)) {
      String file =
          batches.upload((ask("a", "one") + "\n" + ask("b", "caf\u00e9")).getBytes(other));
      String id = Batches.json(batches.create(file, CHAT), 200).path("id").asString("");
      JsonNode errors = batches.awaitStatus(id, "failed").path("errors").path("data");
      assertThat(errors.get(errors.size() - 1).path("line").asInt()).isEqualTo(2);
      assertThat(errors.toString()).contains("The line is not UTF-8.");
    }
    assertThat(service.inference().received()).isEmpty();
  }

  @Test
  void aCancelledBatchKeepsWhatWasDone() {
    service
        .inference()
        .answering(
            (body, response) ->
                (body.toString().contains("slow")
                        ? FakeInference.hanging()
                        : (FakeInference.Answer) FakeInference::complete)
                    .to(body, response));
    String id = batches.start(CHAT, List.of(ask("done", "quick"), ask("open", "slow")));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> batches.get(id).path("request_counts").path("completed").asInt() == 1);
    JsonNode asked = json(client.post().uri("/v1/batches/{id}/cancel", id).exchange(), 200);
    assertThat(asked.path("status").asString("")).isIn("cancelling", "cancelled");
    JsonNode batch = batches.awaitStatus(id, "cancelled");
    assertThat(ids(batches.lines(batch.path("output_file_id")))).containsExactly("done");
    JsonNode open = batches.lines(batch.path("error_file_id")).get(0);
    assertThat(open.path("custom_id").asString("")).isEqualTo("open");
    assertThat(open.path("response").isNull()).isTrue();
    assertThat(open.path("error").path("code").asString("")).isEqualTo("batch_cancelled");
  }

  @Test
  void anExpiredBatchKeepsWhatWasDone() {
    service.inference().answering((body, response) -> FakeInference.hanging().to(body, response));
    // more than wait at once, so that some have no job yet
    List<String> lines = IntStream.range(0, 30).mapToObj(i -> ask("q" + i, "slow")).toList();
    String id = batches.start(CHAT, lines);
    await().until(() -> !service.inference().received().isEmpty());
    refused(
        client
            .delete()
            .uri("/v1/files/{id}", batches.get(id).path("input_file_id").asString(""))
            .exchange(),
        409,
        "file_in_use");
    service
        .database()
        .execute("UPDATE batch SET expires_at = queue_now() WHERE tenant = '" + tenant + "'");
    JsonNode batch = batches.awaitStatus(id, "expired");
    List<JsonNode> errors = batches.lines(batch.path("error_file_id"));
    assertThat(errors).hasSize(30);
    assertThat(errors)
        .allMatch(line -> line.path("error").path("code").asString("").equals("batch_expired"));
    assertThat(batch.has("output_file_id")).isFalse();
    refused(
        client.post().uri("/v1/batches/{id}/cancel", id).exchange(), 409, "batch_not_cancellable");
  }

  @Test
  void whatIsNoBatchIsRefused() {
    String file = batches.upload(ask("a", "good"));
    WebTestClient other = service.client("other");
    refused(new Batches(other).create(file, CHAT), 400, "file_not_found");
    refused(batches.create("file-none", CHAT), 400, "file_not_found");
    refused(batches.create(file, "/v1/completions"), 400, "invalid_value");
    json(client.delete().uri("/v1/files/{id}", file).exchange(), 200);
    refused(batches.create(file, CHAT), 400, "file_not_found");
    refused(
        client.post().uri("/v1/batches").bodyValue(Map.of("endpoint", CHAT)).exchange(),
        400,
        "missing_required_parameter");
    assertThat(json(client.get().uri("/v1/batches").exchange(), 200).path("data").size()).isZero();
  }

  /** Each driver that was lost is an attempt, and an attempt's failure means a wait. */
  @Test
  void aStepThatFailsIsTakenAgainSoonHoweverManyDriversWereLostBefore() {
    String file = batches.upload(ask("a", "good"));
    String moved = "UPDATE stored_file_piece SET number = number + %d WHERE file_id = '%s'::uuid";
    service.database().execute(moved.formatted(1000, file.substring("file-".length())));
    String id = json(batches.create(file, CHAT), 200).path("id").asString("");
    String driver = "queue_job WHERE id = '%s'::uuid".formatted(id.substring("batch_".length()));
    awaitFailureAfter(driver, 0);
    service
        .database()
        .execute("UPDATE queue_job SET attempt = 20" + driver.substring("queue_job".length()));
    awaitFailureAfter(driver, 20);
    service.database().execute(moved.formatted(-1000, file.substring("file-".length())));
    batches.awaitStatus(id, "completed");
  }

  private void awaitFailureAfter(String driver, int attempt) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                service
                        .database()
                        .number(
                            "SELECT count(*) FROM "
                                + driver
                                + " AND status = 'queued' AND error_code IS NOT NULL"
                                + " AND attempt > "
                                + attempt)
                    == 1);
  }

  @Test
  void aThousandBatchesOfATenantMayWait() {
    TestService waiting = TestService.apiOnly();
    Batches waitingBatches = new Batches(waiting.client(tenant));
    waiting
        .database()
        .execute(
            "INSERT INTO queue_job (id, kind, tenant, max_attempts, ranked_at, available_at,"
                + " created_at, updated_at, payload) SELECT gen_random_uuid(), 'batch', '%s', 1, now(),"
                    .formatted(tenant)
                + " now(), now(), now(), '{}' FROM generate_series(1, 999)");
    String file = waitingBatches.upload(ask("a", "good"));
    json(waitingBatches.create(file, CHAT), 200);
    ResponseSpec refusal = waitingBatches.create(file, CHAT);
    refused(refusal, 429, "batch_limit_exceeded");
    refusal.expectHeader().exists("Retry-After");
    json(waitingBatches.create(file, RESPONSES), 200);
  }

  @Test
  void batchesAreListedPageByPageAndOnlyToTheirTenant() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      made.add(batches.start(CHAT, List.of(ask("a", "good"))));
    }
    JsonNode first = json(client.get().uri("/v1/batches?limit=2").exchange(), 200);
    assertThat(first.path("first_id").asString("")).isEqualTo(made.get(2));
    assertThat(first.path("has_more").asBoolean()).isTrue();
    JsonNode rest =
        json(
            client
                .get()
                .uri("/v1/batches?limit=2&after={id}", first.path("last_id").asString(""))
                .exchange(),
            200);
    assertThat(rest.path("data").get(0).path("id").asString("")).isEqualTo(made.get(0));
    assertThat(rest.path("has_more").asBoolean()).isFalse();
    WebTestClient other = service.client("other");
    refused(other.get().uri("/v1/batches/{id}", made.get(0)).exchange(), 404, "not_found");
    refused(other.post().uri("/v1/batches/{id}/cancel", made.get(0)).exchange(), 404, "not_found");
  }
}
