package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** What docs/jobs.md promises and no other test holds, at the service's own port. */
class DocumentedPromisesTest {
  private final TestService service = TestService.shared();
  private final WebTestClient client = service.client("promises");

  @BeforeEach
  void reset() {
    service.inference().reset();
  }

  @Test
  void anAcceptedJobSaysWhereItIs() {
    client
        .post()
        .uri("/v1/jobs")
        .bodyValue(Jobs.image("located"))
        .exchange()
        .expectStatus()
        .isAccepted()
        .expectHeader()
        .valueMatches("Location", "/v1/jobs/[0-9a-f-]{36}")
        .expectHeader()
        .doesNotExist("Preference-Applied");
  }

  @Test
  void metadataHasItsLimits() {
    Map<String, String> most = new HashMap<>();
    for (int i = 0; i < 16; i++) {
      most.put(i + "k".repeat(62), "v".repeat(512));
    }
    Jobs.submit(client, Jobs.with(Jobs.image("most"), "metadata", most));
    Map<String, String> more = new HashMap<>(most);
    more.put("17", "one pair more");
    for (Map<String, String> wrong :
        List.of(
            more, Map.of("k".repeat(65), "v"), Map.of("k", "v".repeat(513)), Map.of("k", "\0"))) {
      client
          .post()
          .uri("/v1/jobs")
          .bodyValue(Jobs.with(Jobs.image("too much"), "metadata", wrong))
          .exchange()
          .expectStatus()
          .isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
    }
  }

  @Test
  void aWaitIsCutToTheLongestAndTheAnswerSaysSo() {
    TestService.apiOnly()
        .client("promises")
        .post()
        .uri("/v1/jobs")
        .header("Prefer", "wait=100")
        .bodyValue(Jobs.image("longest"))
        .exchange()
        .expectStatus()
        .isAccepted()
        .expectHeader()
        .valueEquals("Preference-Applied", "wait=2");
  }

  @Test
  void theJobGoesOnWhenTheClientThatWaitsGoesAway() {
    try (TestService own = new TestService("omnimamba.jobs.worker.idle-timeout=3s")) {
      // the first attempt lasts longer than this client has patience
      own.inference().answering(FakeInference.hanging(), FakeInference::complete);
      WebTestClient impatient =
          own.client("away").mutate().responseTimeout(Duration.ofSeconds(1)).build();
      var waiting =
          impatient
              .post()
              .uri("/v1/jobs")
              .header("Prefer", "wait=60")
              .bodyValue(Jobs.image("left"));
      assertThat(catchThrowable(waiting::exchange)).isNotNull();
      String id =
          await()
              .atMost(Jobs.PATIENCE)
              .until(
                  () -> Jobs.get(own.client("away"), "/v1/jobs?limit=1").path("data").path(0),
                  job -> job.has("id"))
              .path("id")
              .stringValue();
      Jobs.awaitStatus(own.client("away"), id, "completed");
    }
  }

  @Test
  void aReplayedAnswerSaysThatItIsOne() {
    Map<String, Object> job = Jobs.chat("replayed");
    for (boolean replayed : new boolean[] {false, true}) {
      WebTestClient.ResponseSpec answer =
          client
              .post()
              .uri("/v1/jobs")
              .header("Idempotency-Key", "replayed")
              .header("Prefer", "wait=60")
              .bodyValue(job)
              .exchange()
              .expectStatus()
              .isOk();
      if (replayed) {
        answer.expectHeader().valueEquals("Idempotency-Replayed", "true");
      } else {
        answer.expectHeader().doesNotExist("Idempotency-Replayed");
      }
      answer.expectBody().jsonPath("$.result.choices").exists();
    }
  }

  @Test
  void partialPicturesAreWelcomeAndStreamMayBeFalse() {
    Map<String, Object> body = Map.of("prompt", "partial", "partial_images", 2, "stream", false);
    String id = Jobs.submitForId(client, Jobs.of("/v1/images/generations", body));
    Jobs.awaitStatus(client, id, "completed");
    assertThat(service.inference().received().get(0).body().path("partial_images").asInt())
        .isEqualTo(2);
  }

  @Test
  void aStreamOfEventsIsNotStoredOnItsWay() {
    String id = Jobs.submitForId(client, Jobs.image("headers"));
    Jobs.awaitStatus(client, id, "completed");
    client
        .get()
        .uri("/v1/jobs/{id}/events", id)
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM)
        .expectHeader()
        .valueEquals("Cache-Control", "no-store")
        .expectHeader()
        .valueEquals("X-Accel-Buffering", "no");
  }

  @Test
  void everyKindOfProblemIsDocumentedWithItsStatus() throws Exception {
    String docs = Files.readString(Path.of("..", "docs", "jobs.md"));
    Map<String, String> documented = new HashMap<>();
    for (String line : docs.substring(docs.indexOf("## Errors")).lines().toList()) {
      var row = Pattern.compile("\\|(.*)\\| ([0-9]{3}) \\|").matcher(line);
      if (row.matches()) {
        Pattern.compile("`([a-z-]+)`")
            .matcher(row.group(1))
            .results()
            .forEach(type -> documented.put(type.group(1), row.group(2)));
      }
    }
    documented.remove("text/event-stream");
    Map<String, String> real =
        Arrays.stream(ProblemType.values())
            .collect(
                Collectors.toMap(
                    type -> type.uri().toString().substring("urn:omnimamba:problem:".length()),
                    type -> "" + type.status().value()));
    assertThat(new TreeSet<>(documented.keySet())).isEqualTo(new TreeSet<>(real.keySet()));
    assertThat(documented).isEqualTo(real);
  }
}
