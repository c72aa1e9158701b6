package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** The job API over real HTTP, from submission to the picture. */
@ExtendWith(OutputCaptureExtension.class)
class JobsApiTest {
  private final TestService service = TestService.shared();
  private final WebTestClient ada = service.client("ada");
  private final WebTestClient bob = service.client("bob");

  @BeforeEach
  void reset() {
    service.inference().reset();
  }

  @Test
  void aPictureIsMadeAndFetched() {
    JsonNode job = Jobs.submit(ada, Jobs.image("a red apple"));
    assertThat(job.path("status").stringValue()).isEqualTo("queued");
    assertThat(job.path("object").stringValue()).isEqualTo("job");
    String id = job.path("id").stringValue();
    JsonNode done = Jobs.awaitStatus(ada, id, "completed");
    JsonNode picture = done.path("result").path("data").path(0);
    assertThat(picture.path("url").stringValue()).isEqualTo("/v1/jobs/" + id + "/content?index=0");
    assertThat(picture.path("token_ids").size()).isEqualTo(2);
    assertThat(done.path("result").toString()).doesNotContain("b64_json");
    assertThat(done.path("progress").path("tokens_done").asInt()).isEqualTo(4);
    assertThat(done.path("finished_at").stringValue()).endsWith("Z");
    content(ada, id, 0)
        .expectStatus()
        .isOk()
        .expectHeader()
        .contentType(MediaType.IMAGE_PNG)
        .expectHeader()
        .valueEquals("X-Content-Type-Options", "nosniff")
        .expectHeader()
        .valueEquals("Accept-Ranges", "none")
        .expectBody(byte[].class)
        .isEqualTo(FakeInference.PNG);
    FakeInference.Received asked = service.inference().received().get(0);
    assertThat(asked.path()).isEqualTo("/v1/images/generations");
    assertThat(asked.headers())
        .containsEntry("x-omnimamba-tenant", "ada")
        .containsEntry("x-omnimamba-internal-token", TestService.TOKEN)
        .containsEntry("x-omnimamba-traffic", "job")
        .containsEntry("x-request-id", id);
    assertThat(asked.body().path("stream").booleanValue()).isTrue();
    assertThat(asked.body().path("stream_options").path("include_progress").booleanValue())
        .isTrue();
  }

  @Test
  void eachRequestIsLoggedByItsIdAndRouteAndNotByWhatItSays(CapturedOutput log) {
    String id = Jobs.submitForId(ada, Jobs.image("a secret apple"));
    ada.get().uri("/v1/jobs/" + id).header("X-Request-Id", "req-logged-1").exchange();
    await().until(() -> log.getAll().contains("req-logged-1)"));
    assertThat(log.getAll())
        .containsPattern("GET /v1/jobs/\\{id} -> 200 in \\d+ ms \\(\\w+, req-logged-1\\)")
        .doesNotContain("secret apple");
  }

  @Test
  void aChatIsAnsweredWithinTheWait() {
    JsonNode job =
        ada.post()
            .uri("/v1/jobs")
            .header("Prefer", "respond-async, wait=30")
            .bodyValue(Jobs.chat("what is it?"))
            .exchange()
            .expectStatus()
            .isOk()
            .expectHeader()
            .valueEquals("Preference-Applied", "wait=30")
            .expectHeader()
            .exists("Location")
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody();
    assertThat(job.path("status").stringValue()).isEqualTo("completed");
    JsonNode answer = job.path("result");
    assertThat(answer.path("object").stringValue()).isEqualTo("chat.completion");
    JsonNode choice = answer.path("choices").path(0);
    assertThat(choice.path("message").path("role").stringValue()).isEqualTo("assistant");
    assertThat(choice.path("message").path("content").stringValue()).isEqualTo("a red apple");
    assertThat(choice.path("token_ids").toString()).isEqualTo("[0,1,2]");
    assertThat(choice.path("finish_reason").stringValue()).isEqualTo("stop");
    assertThat(answer.path("usage").path("total_tokens").asInt()).isEqualTo(8);
    content(ada, job.path("id").stringValue(), 0)
        .expectStatus()
        .isOk()
        .expectHeader()
        .contentType(MediaType.APPLICATION_JSON)
        .expectBody()
        .jsonPath("$.object")
        .isEqualTo("chat.completion");
  }

  @Test
  void severalPicturesAreFetchedByIndex() {
    String id =
        Jobs.submitForId(ada, Jobs.of("/v1/images/generations", Map.of("prompt", "three", "n", 3)));
    JsonNode done = Jobs.awaitStatus(ada, id, "completed");
    assertThat(done.path("result").path("data").size()).isEqualTo(3);
    assertThat(done.path("result").path("usage").path("total_tokens").asInt()).isEqualTo(21);
    assertThat(done.path("progress").path("tokens_total").asInt()).isEqualTo(12);
    content(ada, id, 2).expectStatus().isOk().expectBody(byte[].class).isEqualTo(FakeInference.PNG);
    content(ada, id, 3).expectStatus().isNotFound();
    content(ada, id, -1).expectStatus().isNotFound();
  }

  @Test
  void anUnchangedJobIsNotSentAgain() {
    String id = Jobs.submitForId(ada, Jobs.image("etag"));
    Jobs.awaitStatus(ada, id, "completed");
    String tag =
        ada.get()
            .uri("/v1/jobs/{id}", id)
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody()
            .returnResult()
            .getResponseHeaders()
            .getETag();
    assertThat(tag).matches("\"\\d+\"");
    for (String path : List.of("/v1/jobs/{id}", "/v1/jobs/{id}/content")) {
      String current =
          ada.get()
              .uri(path, id)
              .exchange()
              .returnResult(byte[].class)
              .getResponseHeaders()
              .getETag();
      ada.get()
          .uri(path, id)
          .header("If-None-Match", "\"other\", W/" + current)
          .exchange()
          .expectStatus()
          .isNotModified()
          .expectHeader()
          .valueEquals("ETag", current)
          .expectBody()
          .isEmpty();
    }
    ada.get()
        .uri("/v1/jobs/{id}", id)
        .header("If-None-Match", "\"0\"")
        .exchange()
        .expectStatus()
        .isOk();
  }

  @Test
  void conditionsAreJudgedOnlyWhereThereIsSomething() {
    String id = Jobs.submitForId(ada, Jobs.image("conditions"));
    Jobs.awaitStatus(ada, id, "completed");
    for (String path : List.of("/v1/jobs/" + id, "/v1/jobs/" + id + "/content")) {
      String tag =
          ada.get().uri(path).exchange().returnResult(byte[].class).getResponseHeaders().getETag();
      ada.head()
          .uri(path)
          .exchange()
          .expectStatus()
          .isOk()
          .expectHeader()
          .valueEquals("ETag", tag)
          .expectBody()
          .isEmpty();
      expect(path, 304, "If-None-Match", "*");
      expect(path, 304, "If-None-Match", tag);
      expect(path, 304, "If-None-Match", "W/" + tag);
      expect(path, 304, "If-None-Match", "\"a,b\", " + tag + ",\"c\"");
      expect(path, 200, "If-None-Match", "\"a\", W/\"b\"");
      expect(path, 200, "If-None-Match", "nonsense");
      expect(path, 200, "If-Match", "*");
      expect(path, 200, "If-Match", "\"a\", " + tag);
      expect(path, 304, "If-Match", tag, "If-None-Match", tag);
      for (String other : List.of("\"a\"", "W/" + tag, "nonsense")) {
        expect(path, 412, "If-Match", other);
        expect(path, 412, "If-Match", other, "If-None-Match", tag);
      }
      // parts are not served, so the whole is the answer
      expect(path, 200, "Range", "bytes=0-1");
      expect(path, 200, "Range", "bytes=5000-");
      expect(path, 200, "Range", "bytes=0-1", "If-Range", tag);
    }
    String nothing = "/v1/jobs/" + id + "/content?index=5";
    expect(nothing, 404);
    expect(nothing, 404, "If-None-Match", "\"" + id + "-5\"");
    expect(nothing, 404, "If-None-Match", "*");
    expect(nothing, 404, "If-Match", "*");
    service.database().execute("DELETE FROM queue_result WHERE job_id = '" + id + "'");
    expect("/v1/jobs/" + id + "/content", 410, "If-None-Match", "\"" + id + "-0\"");
  }

  private void expect(String path, int status, String... headers) {
    ada.get()
        .uri(path)
        .headers(
            all -> {
              for (int i = 0; i < headers.length; i += 2) {
                all.set(headers[i], headers[i + 1]);
              }
            })
        .exchange()
        .expectStatus()
        .isEqualTo(status);
  }

  @Test
  void anUnknownAndAForeignJobAreTheSameToATenant() {
    String id = Jobs.submitForId(ada, Jobs.image("mine"));
    Jobs.awaitStatus(ada, id, "completed");
    String unknown = "01890000-0000-7000-8000-000000000000";
    for (String path : List.of("", "/content", "/events", "/deliveries")) {
      String foreign = problem(bob, "/v1/jobs/" + id + path).replace(id, unknown);
      assertThat(foreign).isEqualTo(problem(bob, "/v1/jobs/" + unknown + path));
      assertThat(problem(bob, "/v1/jobs/not-an-id" + path)).contains("not-found");
    }
    bob.post().uri("/v1/jobs/{id}/cancel", id).exchange().expectStatus().isNotFound();
    bob.delete().uri("/v1/jobs/{id}", id).exchange().expectStatus().isNotFound();
    assertThat(Jobs.get(bob, "/v1/jobs").path("data").toString()).doesNotContain(id);
    assertThat(Jobs.get(ada, "/v1/jobs/{id}", id).path("status").stringValue())
        .isEqualTo("completed");
  }

  @Test
  void aFinishedJobIsDeletedWithItsResult() {
    String id = Jobs.submitForId(ada, Jobs.image("to be deleted"));
    Jobs.awaitStatus(ada, id, "completed");
    ada.delete().uri("/v1/jobs/{id}", id).exchange().expectStatus().isNoContent();
    ada.get().uri("/v1/jobs/{id}", id).exchange().expectStatus().isNotFound();
    assertThat(
            service
                .database()
                .number("SELECT count(*) FROM queue_result WHERE job_id = '" + id + "'"))
        .isZero();
    assertThat(
            service.database().number("SELECT count(*) FROM job_event WHERE job_id = '" + id + "'"))
        .isZero();
  }

  @Test
  void aResultThatWasClearedAwayIsGone() {
    String id = Jobs.submitForId(ada, Jobs.image("cleared"));
    Jobs.awaitStatus(ada, id, "completed");
    service.database().execute("DELETE FROM queue_result WHERE job_id = '" + id + "'");
    content(ada, id, 0).expectStatus().isEqualTo(HttpStatus.GONE);
    assertThat(Jobs.get(ada, "/v1/jobs/{id}", id).has("result")).isFalse();
  }

  @Test
  void metadataAndTheRequestIdComeBack() {
    ada.post()
        .uri("/v1/jobs")
        .header("X-Request-Id", "req-17")
        .bodyValue(Jobs.with(Jobs.image("meta"), "metadata", Map.of("order", "4711")))
        .exchange()
        .expectStatus()
        .isAccepted()
        .expectHeader()
        .valueEquals("X-Request-Id", "req-17")
        .expectBody()
        .jsonPath("$.metadata.order")
        .isEqualTo("4711");
  }

  @Test
  void aJobSaysWhatWasAsked() {
    String asked = "<img src=x onerror=alert(1)> & \"why\"?";
    JsonNode chat = Jobs.submit(ada, Jobs.chat(asked));
    JsonNode picture = Jobs.submit(ada, Jobs.image("a  red\napple, " + "x".repeat(300)));
    JsonNode silent = Jobs.submit(ada, Jobs.of("/v1/chat/completions", Map.of("messages", 5)));
    assertThat(chat.path("summary").stringValue()).isEqualTo(asked);
    assertThat(picture.path("summary").stringValue())
        .hasSize(200)
        .startsWith("a red apple, xxx")
        .endsWith("x…");
    assertThat(silent.has("summary")).isFalse();
    JsonNode done = Jobs.awaitStatus(ada, chat.path("id").stringValue(), "completed");
    assertThat(done.path("summary").stringValue()).isEqualTo(asked);
    JsonNode list = Jobs.get(ada, "/v1/jobs?limit=3").path("data");
    assertThat(list.path(1).path("summary")).isEqualTo(picture.path("summary"));
    assertThat(list.path(2).path("summary").stringValue()).isEqualTo(asked);
    assertThat(Jobs.get(bob, "/v1/jobs?limit=100").toString()).doesNotContain("onerror");
  }

  private static WebTestClient.ResponseSpec content(WebTestClient client, String id, int index) {
    return client.get().uri("/v1/jobs/{id}/content?index={n}", id, index).exchange();
  }

  private static String problem(WebTestClient client, String path) {
    return client
        .get()
        .uri(path)
        .exchange()
        .expectStatus()
        .isNotFound()
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody(String.class)
        .returnResult()
        .getResponseBody();
  }
}
