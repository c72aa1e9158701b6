package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.job.TenantLimits;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Jobs that wait because no worker runs: an API-only replica. */
class WaitingJobsTest {
  private final TestService service = TestService.apiOnly();

  @Test
  void aWaitingJobIsCancelledAtOnceAndTheAnswerSaysSo() {
    WebTestClient client = service.client("canceller");
    String id = Jobs.submitForId(client, Jobs.image("never"));
    client
        .post()
        .uri("/v1/jobs/{id}/cancel", id)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.outcome")
        .isEqualTo("cancelled")
        .jsonPath("$.job.status")
        .isEqualTo("cancelled");
    client
        .post()
        .uri("/v1/jobs/{id}/cancel", id)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.outcome")
        .isEqualTo("already_finished");
  }

  @Test
  void onlyEndedJobsAreDeletedAndHaveContent() {
    WebTestClient client = service.client("deleter");
    String id = Jobs.submitForId(client, Jobs.image("waiting"));
    client
        .delete()
        .uri("/v1/jobs/{id}", id)
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.CONFLICT);
    client
        .get()
        .uri("/v1/jobs/{id}/content", id)
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.CONFLICT)
        .expectBody()
        .jsonPath("$.detail")
        .isEqualTo("The job has no result; its status is queued.");
  }

  @Test
  void aWaitThatEndsTooEarlyAnswersWithTheJobAsItIs() {
    WebTestClient client = service.client("waiter");
    client
        .post()
        .uri("/v1/jobs")
        .header("Prefer", "wait=1")
        .bodyValue(Jobs.image("slow"))
        .exchange()
        .expectStatus()
        .isAccepted()
        .expectHeader()
        .valueEquals("Preference-Applied", "wait=1")
        .expectHeader()
        .valueMatches("Location", "/v1/jobs/[0-9a-f-]{36}")
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("queued");
  }

  @Test
  void listsByStatusInPagesNewestFirst() {
    WebTestClient client = service.client("lister");
    for (int i = 0; i < 5; i++) {
      Jobs.submit(client, Jobs.with(Jobs.image("n"), "metadata", Map.of("n", "" + i)));
    }
    JsonNode first = Jobs.get(client, "/v1/jobs?limit=2&status=queued");
    assertThat(numbers(first)).isEqualTo("4,3");
    assertThat(first.path("has_more").booleanValue()).isTrue();
    JsonNode second =
        Jobs.get(client, "/v1/jobs?limit=2&after={a}", first.path("after").stringValue());
    assertThat(numbers(second)).isEqualTo("2,1");
    JsonNode last =
        Jobs.get(client, "/v1/jobs?limit=2&after={a}", second.path("after").stringValue());
    assertThat(numbers(last)).isEqualTo("0");
    assertThat(last.path("has_more").booleanValue()).isFalse();
    assertThat(last.has("after")).isFalse();
    assertThat(Jobs.get(client, "/v1/jobs?status=completed").path("data").size()).isZero();
    for (String wrong : new String[] {"limit=0", "limit=101", "limit=x", "status=x", "after=x"}) {
      client
          .get()
          .uri("/v1/jobs?" + wrong)
          .exchange()
          .expectStatus()
          .isBadRequest()
          .expectHeader()
          .contentType(MediaType.APPLICATION_PROBLEM_JSON);
    }
  }

  @Test
  void aFullLineIsRefusedWithATruthfulWait() {
    service
        .bean(JobQueue.class)
        .setLimits(JobKinds.INFERENCE, "full", new TenantLimits(1, 2))
        .block(Jobs.PATIENCE);
    WebTestClient client = service.client("full");
    Jobs.submit(client, Jobs.image("1"));
    Jobs.submit(client, Jobs.image("2"));
    client
        .post()
        .uri("/v1/jobs")
        .bodyValue(Jobs.image("3"))
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.TOO_MANY_REQUESTS)
        .expectHeader()
        .valueMatches("Retry-After", "[1-9][0-9]*")
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("urn:omnimamba:problem:queue-full");
    Jobs.submit(service.client("another"), Jobs.image("4"));
  }

  @Test
  void theWaitComesFromThePaceOfTheTenantsOwnJobs() {
    service
        .bean(JobQueue.class)
        .setLimits(JobKinds.INFERENCE, "paced", new TenantLimits(1, 1))
        .block(Jobs.PATIENCE);
    WebTestClient client = service.client("paced");
    Jobs.submit(client, Jobs.image("fills the line"));
    // one each 10.5 s, and lately many of somebody else
    ended("paced", 11, "10.5 s");
    ended("busy neighbour", 700, "1 ms");
    client
        .post()
        .uri("/v1/jobs")
        .bodyValue(Jobs.image("one more"))
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.TOO_MANY_REQUESTS)
        .expectHeader()
        .valueEquals("Retry-After", "11");
  }

  private void ended(String tenant, int jobs, String apart) {
    service
        .database()
        .execute(
            ("INSERT INTO queue_job (kind, tenant, max_attempts, status, ranked_at, available_at,"
                    + " created_at, updated_at, finished_at, payload)"
                    + " SELECT 'inference', '%s', 1, 'completed', t.at, t.at, t.at, t.at, t.at,"
                    + " '{}' FROM (SELECT queue_now() - n * interval '%s' AS at"
                    + " FROM generate_series(0, %d) n) t")
                .formatted(tenant, apart, jobs - 1));
  }

  @Test
  void aDeadlineInTheLastYearThatCanBeWrittenIsAccepted() {
    JsonNode job =
        Jobs.submit(
            service.client("never"),
            Jobs.with(Jobs.image("never"), "deadline", "9999-12-31T23:59:59Z"));
    assertThat(job.path("deadline").stringValue()).startsWith("9999-12-31T23:59:59");
  }

  @Test
  void aKeyIsAnsweredWhateverHasChangedSinceItsFirstRequest() {
    WebTestClient client = service.client("late-replay");
    client.post().uri("/v1/webhook-endpoints/default-secret").exchange().expectStatus().isCreated();
    Instant deadline =
        Instant.ofEpochSecond(
            service.database().number("SELECT extract(epoch FROM queue_now())::bigint + 3600"));
    Map<String, Object> job =
        Jobs.with(
            Jobs.with(Jobs.image("late"), "deadline", deadline.toString()),
            "webhook",
            Map.of("url", "https://example.com/hook"));
    String id = post(client, "key", job, HttpStatus.ACCEPTED).path("id").stringValue();
    service.database().advance(java.time.Duration.ofHours(2));
    // the secret is gone, too
    service.database().execute("DELETE FROM webhook_tenant_secret WHERE tenant = 'late-replay'");
    Jobs.awaitStatus(client, id, "expired");
    assertThat(post(client, "key", job, HttpStatus.OK).path("id").stringValue()).isEqualTo(id);
    post(client, "another key", job, HttpStatus.UNPROCESSABLE_CONTENT);
  }

  @Test
  void aRepeatedRequestIsToldApartFromAnotherWithTheSameKey() {
    WebTestClient client = service.client("idem");
    JsonNode job = post(client, "key-1", Jobs.image("one"), HttpStatus.ACCEPTED);
    String id = job.path("id").stringValue();
    client
        .post()
        .uri("/v1/jobs")
        .header("Idempotency-Key", "key-1")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{ \"body\":{\"prompt\":\"one\"},\n \"endpoint\":\"/v1/images/generations\"}")
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.CONFLICT)
        .expectHeader()
        .valueEquals("X-Should-Retry", "false")
        .expectHeader()
        .valueEquals("Location", "/v1/jobs/" + id)
        .expectBody()
        .jsonPath("$.job_id")
        .isEqualTo(id);
    client
        .post()
        .uri("/v1/jobs")
        .header("Idempotency-Key", "key-1")
        .bodyValue(Jobs.image("another"))
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT)
        .expectHeader()
        .valueEquals("X-Should-Retry", "false")
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("urn:omnimamba:problem:idempotency-key-reused");
    client.post().uri("/v1/jobs/{id}/cancel", id).exchange().expectStatus().isOk();
    JsonNode replayed = post(client, "key-1", Jobs.image("one"), HttpStatus.OK);
    assertThat(replayed.path("id").stringValue()).isEqualTo(id);
    assertThat(replayed.path("status").stringValue()).isEqualTo("cancelled");
    JsonNode foreign =
        post(service.client("idem-2"), "key-1", Jobs.image("x"), HttpStatus.ACCEPTED);
    assertThat(foreign.path("id").stringValue()).isNotEqualTo(id);
  }

  @Test
  void aWaitingJobExpiresAtItsDeadline() {
    WebTestClient client = service.client("deadline");
    String id =
        Jobs.submitForId(
            client,
            Jobs.with(
                Jobs.image("late"), "deadline", Instant.now().plus(2, ChronoUnit.DAYS).toString()));
    assertThat(Jobs.get(client, "/v1/jobs/{id}", id).has("deadline")).isTrue();
    service.database().advance(java.time.Duration.ofDays(3));
    assertThat(Jobs.awaitStatus(client, id, "expired").path("error").path("code").stringValue())
        .isEqualTo("deadline_exceeded");
  }

  private static JsonNode post(
      WebTestClient client, String key, Map<String, Object> job, HttpStatus expected) {
    return client
        .post()
        .uri("/v1/jobs")
        .header("Idempotency-Key", key)
        .bodyValue(job)
        .exchange()
        .expectStatus()
        .isEqualTo(expected)
        .expectBody(JsonNode.class)
        .returnResult()
        .getResponseBody();
  }

  private static String numbers(JsonNode page) {
    StringBuilder numbers = new StringBuilder();
    page.path("data")
        .forEach(
            job ->
                numbers
                    .append(numbers.isEmpty() ? "" : ",")
                    .append(job.path("metadata").path("n").stringValue()));
    return numbers.toString();
  }
}
