package org.omnimamba.jobs.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Batches;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.web.usage.UsageTables;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** What jobs used, in the database. */
class JobUsageTest {
  private static final String SUMS =
      "SELECT string_agg(concat_ws(' ', key, requests, pictures, input_tokens, cached_tokens,"
          + " output_tokens), '; ' ORDER BY key) FROM (SELECT key, sum(requests) requests,"
          + " sum(pictures) pictures, sum(input_tokens) input_tokens, sum(cached_tokens)"
          + " cached_tokens, sum(output_tokens) output_tokens FROM usage_counted"
          + " WHERE tenant = '%s' GROUP BY key) s";

  private final TestService service = TestService.shared();

  @BeforeEach
  void reset() {
    service.settle();
    service.inference().reset();
  }

  private WebTestClient client(String tenant, String key) {
    return service.client(tenant).mutate().defaultHeader("X-OmniMamba-Key", key).build();
  }

  private String sums(String tenant) {
    return service.database().text(SUMS.formatted(tenant));
  }

  private static void complete(WebTestClient client, Map<String, Object> job) {
    Jobs.awaitStatus(client, Jobs.submitForId(client, job), "completed");
  }

  @Test
  void aJobCountsForTheKeyThatItWasSentWithWhenItCompletes() {
    WebTestClient client = client("keys", "om_one");
    complete(client, Jobs.chat("hello"));
    complete(client, Jobs.image("two"));
    complete(client("keys", "om_two"), Jobs.chat("hello"));
    complete(service.client("keys"), Jobs.chat("hello"));
    complete(client("keys", "no key' at all"), Jobs.chat("hello"));
    service.inference().answering(FakeInference.error(400, "invalid_request_error", "no"));
    Jobs.awaitStatus(client, Jobs.submitForId(client, Jobs.chat("refused")), "failed");
    assertThat(sums("keys")).isEqualTo("om_one 2 1 5 0 3; om_two 1 0 5 0 3; unknown 2 0 10 0 6");
  }

  @Test
  void anAttemptThatBreaksOffCountsNothing() {
    service
        .inference()
        .answering(
            FakeInference.disconnecting(), FakeInference.disconnecting(), FakeInference::complete);
    WebTestClient client = client("retried", "om_one");
    String id = Jobs.submitForId(client, Jobs.chat("hello"));
    await()
        .atMost(Jobs.PATIENCE)
        .until(
            () -> {
              service.skipWait(id);
              return Jobs.get(client, "/v1/jobs/{id}", id)
                  .path("status")
                  .asString("")
                  .equals("completed");
            });
    assertThat(sums("retried")).isEqualTo("om_one 1 0 5 0 3");
  }

  @Test
  void whatIsCancelledOrExpiresCountsNothing() {
    // goes on, so that it is neither silent nor over
    service
        .inference()
        .answering(
            (body, response) ->
                FakeInference.events(
                    response, Flux.interval(Duration.ofMillis(200)).map(tick -> "{}")));
    WebTestClient client = client("ended", "om_one");
    String cancelled = Jobs.submitForId(client, Jobs.image("cancelled"));
    // by the database's clock, which tests move
    String soon =
        Instant.ofEpochSecond(
                service.database().number("SELECT extract(epoch FROM queue_now())::bigint") + 5)
            .toString();
    String expired = Jobs.submitForId(client, Jobs.with(Jobs.image("late"), "deadline", soon));
    await().atMost(Jobs.PATIENCE).until(() -> service.inference().isAnswering(cancelled));
    client
        .post()
        .uri("/v1/jobs/{id}/cancel", cancelled)
        .exchange()
        .expectStatus()
        .is2xxSuccessful();
    Jobs.awaitStatus(client, cancelled, "cancelled");
    Jobs.awaitStatus(client, expired, "expired");
    assertThat(
            service.database().number("SELECT count(*) FROM usage_counted WHERE tenant = 'ended'"))
        .isZero();
  }

  @Test
  void aBackgroundResponseCountsToo() {
    WebTestClient client = client("responses", "om_one");
    JsonNode queued =
        client
            .post()
            .uri("/v1/responses")
            .bodyValue(Map.of("model", "omnimamba", "input", "hello", "background", true))
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody();
    assertThat(queued).isNotNull();
    String id = queued.path("id").asString("");
    await()
        .atMost(Jobs.PATIENCE)
        .until(
            () ->
                Jobs.get(client, "/v1/responses/{id}", id)
                    .path("status")
                    .asString("")
                    .equals("completed"));
    assertThat(sums("responses")).isEqualTo("om_one 1 0 5 0 3");
  }

  @Test
  void theLinesOfABatchCountForTheKeyOfTheBatch() {
    Batches batches = new Batches(client("batches", "om_one"));
    String text = "{\"model\":\"omnimamba\",\"input\":\"hello\"}";
    String picture =
        "{\"model\":\"omnimamba\",\"input\":\"an apple\","
            + "\"tools\":[{\"type\":\"image_generation\"}]}";
    String batch =
        batches.start(
            Batches.RESPONSES,
            List.of(
                Batches.line("a", Batches.RESPONSES, text),
                Batches.line("b", Batches.RESPONSES, picture),
                Batches.line("c", Batches.RESPONSES, "{\"model\":\"omnimamba\"}")));
    JsonNode told = batches.awaitStatus(batch, "completed").path("usage");
    assertThat(told.path("total_tokens").asInt()).isEqualTo(8);
    assertThat(sums("batches")).isEqualTo("om_one 2 1 5 0 3");
    batches.awaitStatus(
        batches.start(Batches.CHAT, List.of(Batches.ask("a", "hello"))), "completed");
    assertThat(sums("batches")).isEqualTo("om_one 3 1 10 0 6");
  }

  @Test
  void rowsOfJobsMoveIntoTheSumsOnceHoweverManyMoveThem() {
    service
        .database()
        .execute(
            "INSERT INTO usage_of_job SELECT gen_random_uuid(), date '2025-01-01' + n % 3, 'moved',"
                + " 'om_' || n % 2, 1, 0, n, 1, 2 FROM generate_series(1, 12000) n");
    String before = sums("moved");
    DatabaseClient database = service.bean(DatabaseClient.class);
    await()
        .atMost(Jobs.PATIENCE)
        .until(
            () -> {
              Flux.range(0, 4).flatMap(i -> database.sql(UsageTables.MOVE_JOBS).then()).blockLast();
              return service
                      .database()
                      .number("SELECT count(*) FROM usage_of_job WHERE tenant = 'moved'")
                  == 0;
            });
    assertThat(sums("moved")).isEqualTo(before);
    assertThat(service.database().number("SELECT count(*) FROM usage_day WHERE tenant = 'moved'"))
        .isEqualTo(6);
  }

  @Test
  void onlyGatewaysThatWroteNothingForAWeekAreForgotten() {
    service
        .database()
        .execute(
            "INSERT INTO usage_writer SELECT gen_random_uuid(), 4000 + days,"
                + " now() - days * interval '1 day' FROM unnest(ARRAY[0, 6, 8, 30]) days");
    service.bean(DatabaseClient.class).sql(UsageTables.FORGET_WRITERS).then().block();
    assertThat(
            service
                .database()
                .text(
                    "SELECT string_agg(sequence::text, ' ' ORDER BY sequence) FROM usage_writer"
                        + " WHERE sequence >= 4000"))
        .isEqualTo("4000 4006");
  }

  @Test
  void oneTimeOfUpkeepMovesAllRows() {
    service
        .database()
        .execute(
            "INSERT INTO usage_of_job SELECT gen_random_uuid(), date '2025-01-01', 'upkeep',"
                + " 'om_one', 1, 0, n, 1, 2 FROM generate_series(1, 16000) n");
    String before = sums("upkeep");
    UsageConfiguration.move(service.bean(DatabaseClient.class)).block();
    // the service's own upkeep may be moving one portion of 5000 just now
    assertThat(
            service.database().number("SELECT count(*) FROM usage_of_job WHERE tenant = 'upkeep'"))
        .isLessThanOrEqualTo(5000);
    assertThat(sums("upkeep")).isEqualTo(before);
  }

  @Test
  void theTicketOfAResponseThatIsWaitedForGoesOnToInference() {
    client("tickets", "om_one")
        .mutate()
        .defaultHeader("X-OmniMamba-Usage-Ticket", "abc123")
        .build()
        .post()
        .uri("/v1/responses")
        .bodyValue(Map.of("model", "omnimamba", "input", "hello"))
        .exchange()
        .expectStatus()
        .isOk();
    assertThat(service.inference().received().get(0).headers())
        .containsEntry("x-omnimamba-usage-ticket", "abc123");
    assertThat(
            service
                .database()
                .number("SELECT count(*) FROM usage_counted WHERE tenant = 'tickets'"))
        .as("the gateway counts it")
        .isZero();
  }
}
