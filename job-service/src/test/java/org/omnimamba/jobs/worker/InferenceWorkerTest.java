package org.omnimamba.jobs.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** The worker against an engine that is slow, fails and goes away. */
class InferenceWorkerTest {
  private final TestService service = TestService.shared();
  private final FakeInference inference = service.inference();
  private final WebTestClient client = service.client("worker");

  @BeforeEach
  void reset() {
    inference.reset();
    service.settle();
    inference.reset();
  }

  @Test
  void aRequestThatIsRefusedFailsAtOnceWithTheUpstreamsError() {
    inference.answering(
        FakeInference.error(400, "invalid_request_error", "'size' must be '256x256'."));
    JsonNode job = end(Jobs.image("bad size"), "failed");
    assertThat(job.path("attempt").asInt()).isEqualTo(1);
    JsonNode error = job.path("error");
    assertThat(error.path("code").stringValue()).isEqualTo("upstream_rejected");
    assertThat(error.path("message").stringValue()).isEqualTo("'size' must be '256x256'.");
    JsonNode upstream = error.path("upstream");
    assertThat(upstream.path("status").asInt()).isEqualTo(400);
    assertThat(upstream.path("type").stringValue()).isEqualTo("invalid_request_error");
    assertThat(upstream.path("param").stringValue()).isEqualTo("size");
    assertThat(upstream.path("code").stringValue()).isEqualTo("bad_size");
    assertThat(inference.received()).hasSize(1);
  }

  @Test
  void aBusyEngineIsAskedAgainNotBeforeItWishes() {
    inference.answering(
        FakeInference.error(429, "rate_limit_error", "full", "retry-after", "3600"),
        FakeInference::complete);
    String id = Jobs.submitForId(client, Jobs.image("busy"));
    JsonNode waiting =
        await()
            .atMost(Jobs.PATIENCE)
            .until(
                () -> Jobs.get(client, "/v1/jobs/{id}", id),
                job -> job.path("error").path("code").asString("").equals("upstream_unavailable"));
    assertThat(waiting.path("status").stringValue()).isEqualTo("queued");
    assertThat(
            service
                .database()
                .number(
                    "SELECT extract(epoch FROM available_at - updated_at)::bigint FROM queue_job"
                        + " WHERE id = '%s'".formatted(id)))
        .isEqualTo(3600);
    service.database().advance(Duration.ofHours(1));
    // nothing was begun, so it cost no attempt
    assertThat(Jobs.awaitStatus(client, id, "completed").path("attempt").asInt()).isEqualTo(1);
    assertThat(inference.received()).hasSize(2);
  }

  @Test
  void anEngineThatFailsBreaksOffOrFallsSilentIsAskedAgain() {
    inference.answering(
        FakeInference.error(500, "server_error", "oops"),
        FakeInference.disconnecting(),
        FakeInference.hanging(),
        (body, response) ->
            FakeInference.events(response, Flux.just(FakeInference.progress(1, 256))),
        FakeInference::complete);
    assertThat(completedInTheEnd(Jobs.image("unlucky")).path("attempt").asInt()).isEqualTo(5);
    assertThat(inference.received()).hasSize(5);
  }

  @Test
  void informationalResponsesBeforeTheAnswerAreNoAnswer() {
    inference.answering(FakeInference.afterEarlyHints(FakeInference::complete));
    assertThat(end(Jobs.image("hinted"), "completed").path("attempt").asInt()).isEqualTo(1);
    // the connection is used again
    assertThat(end(Jobs.image("hinted again"), "completed").path("attempt").asInt()).isEqualTo(1);
  }

  @Test
  void anEngineThatResetsTheConnectionIsAskedAgain() {
    inference.answering(
        (body, response) -> {
          response.withConnection(c -> c.channel().close());
          return Mono.never();
        },
        FakeInference::complete);
    completedInTheEnd(Jobs.image("reset"));
  }

  @Test
  void anOutageOfTheEngineCostsNoAttempt() {
    inference.answering(
        FakeInference.error(503, "server_error", "loading"),
        FakeInference.error(503, "server_error", "loading"),
        FakeInference.error(503, "server_error", "loading"),
        FakeInference.error(401, "authentication_error", "another token"),
        FakeInference.error(503, "server_error", "loading"),
        FakeInference.error(503, "server_error", "loading"),
        FakeInference::complete);
    JsonNode job = completedInTheEnd(Jobs.image("outage"));
    assertThat(job.path("attempt").asInt()).isEqualTo(1);
    assertThat(inference.received()).hasSize(7);
    // when it was queued, its last wait, its one attempt: no trace of those that did not count
    assertThat(
            service
                .database()
                .text(
                    ("SELECT string_agg(type, ' ' ORDER BY seq) FROM job_event"
                            + " WHERE type NOT IN ('progress', 'partial_image') AND job_id = '%s'")
                        .formatted(job.path("id").stringValue())))
        .isEqualTo("queued queued started finished");
  }

  @Test
  void eachAttemptThatCountsKeepsItsEvents() {
    inference.answering(
        FakeInference.error(503, "server_error", "loading"),
        FakeInference.error(500, "server_error", "oops"),
        FakeInference.error(503, "server_error", "loading"),
        FakeInference.error(503, "server_error", "loading"),
        FakeInference::complete);
    JsonNode job = completedInTheEnd(Jobs.image("both"));
    assertThat(job.path("attempt").asInt()).isEqualTo(2);
    assertThat(
            service
                .database()
                .text(
                    ("SELECT string_agg(type || (data::json ->> 'attempt'), ' ' ORDER BY seq)"
                            + " FROM job_event WHERE type NOT IN ('progress', 'partial_image')"
                            + " AND job_id = '%s'")
                        .formatted(job.path("id").stringValue())))
        .isEqualTo("queued0 queued0 started1 queued1 started2 finished2");
  }

  @Test
  void theUpstreamsErrorIsThatOfTheErrorThatIsShown() {
    inference.answering(
        FakeInference.error(500, "server_error", "oops"),
        FakeInference.disconnecting(),
        FakeInference.hanging());
    String id = Jobs.submitForId(client, Jobs.image("first this, then that"));
    JsonNode first = awaitError(id, "upstream_failed");
    assertThat(first.path("error").path("upstream").path("status").asInt()).isEqualTo(500);
    service.skipWait(id);
    JsonNode second = awaitError(id, "upstream_unavailable");
    assertThat(second.path("error").has("upstream")).isFalse();
    client.post().uri("/v1/jobs/{id}/cancel", id).exchange().expectStatus().is2xxSuccessful();
  }

  private JsonNode awaitError(String id, String code) {
    return await()
        .atMost(Jobs.PATIENCE)
        .until(
            () -> Jobs.get(client, "/v1/jobs/{id}", id),
            job ->
                job.path("status").stringValue().equals("queued")
                    && job.path("error").path("code").asString("").equals(code));
  }

  @Test
  void anErrorInsideTheStreamIsSortedToo() {
    inference.answering(
        (body, response) ->
            FakeInference.events(
                response,
                Flux.just(
                    FakeInference.progress(1, 4),
                    "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\"}}")));
    JsonNode job = end(Jobs.image("midway"), "failed");
    assertThat(job.path("error").path("code").stringValue()).isEqualTo("upstream_rejected");
    assertThat(job.path("error").path("upstream").has("status")).isFalse();
  }

  @Test
  void anAnswerOverTheLimitFailsForGood() {
    String huge = Base64.getEncoder().encodeToString(new byte[200_000]);
    inference.answering(
        (body, response) ->
            FakeInference.events(
                response,
                Flux.just(
                    "{\"type\":\"image_generation.completed\",\"b64_json\":\"" + huge + "\"}")));
    JsonNode job = end(Jobs.image("huge"), "failed");
    assertThat(job.path("error").path("code").stringValue()).isEqualTo("result_too_large");
    assertThat(job.path("attempt").asInt()).isEqualTo(1);
  }

  @Test
  void allPicturesOfAnAnswerCount() {
    String picture = Base64.getEncoder().encodeToString(new byte[30_000]);
    String event =
        "{\"type\":\"image_generation.completed\",\"image_index\":%d,\"b64_json\":\"%s\"}";
    inference.answering(
        (body, response) ->
            FakeInference.events(
                response, Flux.range(0, 2).map(index -> event.formatted(index, picture))));
    JsonNode job = end(Jobs.image("two large ones"), "failed");
    assertThat(job.path("error").path("code").stringValue()).isEqualTo("result_too_large");
  }

  @Test
  void cancellingARunningJobDropsTheStreamAndSaysSo() {
    inference.answeringTo("stop me", FakeInference.hanging());
    String id = Jobs.submitForId(client, Jobs.image("stop me"));
    await().atMost(Jobs.PATIENCE).until(() -> inference.isAnswering(id));
    client
        .post()
        .uri("/v1/jobs/{id}/cancel", id)
        .exchange()
        .expectStatus()
        .isAccepted()
        .expectBody()
        .jsonPath("$.outcome")
        .isEqualTo("cancelling")
        .jsonPath("$.job.status")
        .isEqualTo("cancelling");
    Jobs.awaitStatus(client, id, "cancelled");
    await().atMost(Jobs.PATIENCE).until(() -> inference.wasLeft(id) && !inference.isAnswering(id));
  }

  @Test
  void aRunningJobExpiresAtItsDeadline() {
    // an answer without an end, so it is for this job alone
    inference.answeringTo(
        "late",
        (body, response) ->
            FakeInference.events(
                response,
                Flux.interval(Duration.ofMillis(200))
                    .map(i -> FakeInference.progress(i.intValue() + 1, 256))));
    Instant databaseNow =
        Instant.ofEpochSecond(
            service.database().number("SELECT extract(epoch FROM queue_now())::bigint"));
    String id =
        Jobs.submitForId(
            client,
            Jobs.with(Jobs.image("late"), "deadline", databaseNow.plusSeconds(1800).toString()));
    await().atMost(Jobs.PATIENCE).until(() -> inference.isAnswering(id));
    service.database().advance(Duration.ofMinutes(31));
    JsonNode job = Jobs.awaitStatus(client, id, "expired");
    assertThat(job.path("error").path("code").stringValue()).isEqualTo("deadline_exceeded");
    await().atMost(Jobs.PATIENCE).until(() -> inference.wasLeft(id) && !inference.isAnswering(id));
  }

  @Test
  void jobsOfBeforeTheClockWasSetBackRunAtOnceAndAreNotOvertaken() {
    try (TestService own = new TestService("omnimamba.jobs.worker.enabled=false")) {
      WebTestClient caller = own.client("clock");
      String first = Jobs.submitForId(caller, Jobs.image("first"));
      String second = Jobs.submitForId(caller, Jobs.image("second"));
      own.database().advance(Duration.ofHours(-1));
      String third = Jobs.submitForId(caller, Jobs.image("third"));
      try (ConfigurableApplicationContext worker =
          own.start("omnimamba.jobs.worker.concurrency=1")) {
        assertThat(worker.isRunning()).isTrue();
        for (String id : List.of(first, second, third)) {
          Jobs.awaitStatus(caller, id, "completed");
        }
      }
      assertThat(own.inference().received())
          .extracting(received -> received.body().path("prompt").stringValue())
          .containsExactly("first", "second", "third");
    }
  }

  @Test
  void aServiceThatStopsGivesItsJobsBackUnharmed() {
    try (TestService own = new TestService("omnimamba.jobs.worker.idle-timeout=60s")) {
      own.inference().answering(FakeInference.hanging(), FakeInference::complete);
      String id = Jobs.submitForId(own.client("drain"), Jobs.image("drained"));
      String status = "SELECT status FROM queue_job WHERE id = '%s'".formatted(id);
      await().atMost(Jobs.PATIENCE).until(() -> own.inference().running() == 1);
      own.context().close();
      assertThat(own.database().text(status)).isEqualTo("queued");
      assertThat(
              own.database().number("SELECT attempt FROM queue_job WHERE id = '%s'".formatted(id)))
          .isZero();
      try (ConfigurableApplicationContext next = own.start()) {
        assertThat(next.isRunning()).isTrue();
        await().atMost(Jobs.PATIENCE).until(() -> own.database().text(status).equals("completed"));
      }
    }
  }

  @Test
  void aReplicaThatOnlyWorksServesNoJobApi() {
    try (ConfigurableApplicationContext worker =
        service.start("omnimamba.jobs.api.enabled=false")) {
      WebTestClient.bindToServer()
          .baseUrl("http://127.0.0.1:" + TestService.portOf(worker))
          .defaultHeader("X-OmniMamba-Internal-Token", TestService.TOKEN)
          .build()
          .get()
          .uri("/v1/jobs")
          .exchange()
          .expectStatus()
          .isNotFound();
    }
  }

  @Test
  void noMorePartialImagesAreKeptThanAllowed() {
    String partial =
        "{\"type\":\"image_generation.partial_image\",\"partial_image_index\":0,\"b64_json\":\"%s\"}"
            .formatted(Base64.getEncoder().encodeToString(FakeInference.PNG));
    inference.answering(
        (body, response) ->
            FakeInference.events(
                response, Flux.concat(Flux.just(partial).repeat(20), FakeInference.image(1, 1))));
    String id = end(Jobs.image("partials"), "completed").path("id").stringValue();
    assertThat(
            service
                .database()
                .number(
                    "SELECT count(*) FROM job_event WHERE type = 'partial_image' AND job_id = '%s'"
                        .formatted(id)))
        .isEqualTo(8);
  }

  @Test
  void anUnknownMemberOfTheAnswerIsKept() {
    inference.answering(
        (body, response) ->
            FakeInference.events(
                response,
                Flux.just(
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},"
                        + "\"logprobs\":{\"content\":[1]}}],\"truncation\":{\"kept\":1}}",
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"y\"},"
                        + "\"logprobs\":{\"content\":[2]},\"finish_reason\":\"length\"}]}",
                    "[DONE]")));
    JsonNode answer = end(Jobs.chat("unknown"), "completed").path("result");
    assertThat(answer.path("truncation").path("kept").asInt()).isEqualTo(1);
    JsonNode choice = answer.path("choices").path(0);
    assertThat(choice.path("logprobs").path("content").toString()).isEqualTo("[1,2]");
    assertThat(choice.path("message").path("content").stringValue()).isEqualTo("xy");
    // a whole message says that it is no refusal
    assertThat(choice.path("message").path("refusal").isNull()).isTrue();
  }

  @Test
  void theBodyIsPassedOnAsItCame() {
    Map<String, Object> body =
        Map.of("prompt", "p", "seed", 7, "temperature", 0.5, "top_k", 3, "stream", false);
    end(Jobs.of("/v1/images/generations", body), "completed");
    JsonNode asked = inference.received().get(0).body();
    assertThat(asked.path("seed").asInt()).isEqualTo(7);
    assertThat(asked.path("temperature").asDouble()).isEqualTo(0.5);
    assertThat(asked.path("top_k").asInt()).isEqualTo(3);
  }

  private JsonNode end(Map<String, Object> job, String status) {
    return Jobs.awaitStatus(client, Jobs.submitForId(client, job), status);
  }

  /** Lets the waits between attempts pass at once. */
  private JsonNode completedInTheEnd(Map<String, Object> job) {
    String id = Jobs.submitForId(client, job);
    return await()
        .atMost(Jobs.PATIENCE)
        .until(
            () -> {
              service.skipWait(id);
              return Jobs.get(client, "/v1/jobs/{id}", id);
            },
            seen -> seen.path("status").stringValue().equals("completed"));
  }
}
