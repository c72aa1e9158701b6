package org.omnimamba.jobs.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.testing.UploadForm;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/** Results in an S3-compatible store, through Amazon's own client. */
class S3ResultsTest {
  private static FakeS3 s3;
  private static TestService service;
  private final WebTestClient client = service.client("s3");

  @BeforeAll
  static void start() {
    s3 = new FakeS3();
    service =
        new TestService(
            "omnimamba.jobs.results.store=S3",
            "omnimamba.jobs.results.s3.bucket=results",
            "omnimamba.jobs.results.s3.endpoint=" + s3.url(),
            "omnimamba.jobs.results.s3.path-style=true",
            "omnimamba.jobs.results.s3.prefix=a/b/",
            "omnimamba.jobs.results.s3.access-key=key",
            "omnimamba.jobs.results.s3.secret-key=secret");
  }

  @AfterAll
  static void stop() {
    service.close();
    s3.close();
  }

  @Test
  void aResultIsStoredReadAndDeleted() {
    String id = Jobs.submitForId(client, Jobs.image("stored"));
    JsonNode done = Jobs.awaitStatus(client, id, "completed");
    assertThat(done.path("result").path("data").size()).isEqualTo(1);
    assertThat(s3.objects().keySet())
        .contains("a/b/" + id + "/1/response", "a/b/" + id + "/1/image-0");
    content(id)
        .expectStatus()
        .isOk()
        .expectHeader()
        .contentType(MediaType.IMAGE_PNG)
        .expectBody(byte[].class)
        .isEqualTo(FakeInference.PNG);
    assertThat(service.database().number("SELECT count(*) FROM queue_result")).isZero();
    client.delete().uri("/v1/jobs/{id}", id).exchange().expectStatus().isNoContent();
    assertThat(s3.objects().keySet()).noneMatch(key -> key.contains(id));
  }

  @Test
  void aFileLiesInPiecesBesideTheResults() {
    byte[] whole = new byte[(1 << 20) + 5];
    whole[1 << 20] = 7;
    String name =
        new UploadForm()
            .file(whole)
            .field("purpose", "vision")
            .post(client)
            .expectStatus()
            .isOk()
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody()
            .path("id")
            .asString("");
    assertThat(s3.objects().keySet()).filteredOn(key -> key.startsWith("files/")).hasSize(2);
    assertThat(service.database().number("SELECT count(*) FROM stored_file_piece")).isZero();
    client
        .get()
        .uri("/v1/files/{id}/content", name)
        .exchange()
        .expectBody(byte[].class)
        .isEqualTo(whole);
    client.delete().uri("/v1/files/{id}", name).exchange().expectStatus().isOk();
    assertThat(s3.objects().keySet()).noneMatch(key -> key.startsWith("files/"));
  }

  @Test
  void anObjectThatIsGoneIsGone() {
    String id = Jobs.submitForId(client, Jobs.image("gone"));
    Jobs.awaitStatus(client, id, "completed");
    s3.objects().clear();
    content(id).expectStatus().isEqualTo(HttpStatus.GONE);
  }

  @Test
  void aStoreThatRefusesLetsTheJobBeTriedAgain() {
    s3.setDown(true);
    String id = Jobs.submitForId(client, Jobs.image("refused"));
    await()
        .atMost(Jobs.PATIENCE)
        .until(
            () ->
                Jobs.get(client, "/v1/jobs/{id}", id)
                    .path("error")
                    .path("code")
                    .asString("")
                    .equals("result_store_unavailable"));
    s3.setDown(false);
    service.skipWait(id);
    Jobs.awaitStatus(client, id, "completed");
  }

  @Test
  void resultsOfBeforeAChangeOfStoreAreStillRead() {
    try (ConfigurableApplicationContext before =
        service.start(
            "omnimamba.jobs.results.store=POSTGRES", "omnimamba.jobs.api.enabled=false")) {
      assertThat(before.isRunning()).isTrue();
      // more than one of the two can hold at once, so that each has some
      Sinks.Empty<Void> answered = Sinks.empty();
      service
          .inference()
          .answering(
              (body, response) ->
                  answered.asMono().thenMany(Flux.from(FakeInference.complete(body, response))));
      List<String> ids =
          Stream.generate(() -> Jobs.submitForId(client, Jobs.image("before"))).limit(5).toList();
      await().atMost(Jobs.PATIENCE).until(() -> service.inference().running() == ids.size());
      answered.tryEmitEmpty().orThrow();
      for (String id : ids) {
        Jobs.awaitStatus(client, id, "completed");
        content(id).expectStatus().isOk();
      }
      assertThat(service.database().number("SELECT count(*) FROM queue_result")).isPositive();
    }
  }

  private WebTestClient.ResponseSpec content(String id) {
    return client.get().uri("/v1/jobs/{id}/content", id).exchange();
  }
}
