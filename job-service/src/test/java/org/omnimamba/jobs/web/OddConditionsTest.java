package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatus;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/**
 * What clients of jobs see when writes are slow or results late. Nothing is polled for, so what a
 * stream of events tells has come by hints alone.
 */
class OddConditionsTest {
  private static final ParameterizedTypeReference<ServerSentEvent<JsonNode>> EVENT =
      new ParameterizedTypeReference<>() {};

  private static TestService service;

  private final Sinks.Many<String> engine = Sinks.many().unicast().onBackpressureBuffer();
  private final WebTestClient client = service.client("odd");

  @BeforeAll
  static void start() {
    service =
        new TestService("omnimamba.jobs.worker.concurrency=1", "omnimamba.jobs.api.event-poll=1h");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @BeforeEach
  void reset() {
    service.inference().reset();
    service
        .inference()
        .answeringTo("waits", (body, response) -> FakeInference.events(response, engine.asFlux()));
  }

  private void tell(String event) {
    engine.tryEmitNext(event).orThrow();
  }

  private void finish() {
    FakeInference.image(1, 256).subscribe(this::tell);
    engine.tryEmitComplete().orThrow();
  }

  @AfterEach
  void letTheWorkerGo() {
    engine.tryEmitComplete();
    service.settle();
  }

  private String running(Map<String, Object> job) {
    String id = Jobs.submitForId(client, job);
    await().atMost(Jobs.PATIENCE).until(() -> service.inference().isAnswering(id));
    return id;
  }

  private Flux<ServerSentEvent<JsonNode>> events(String id) {
    return client
        .get()
        .uri("/v1/jobs/{id}/events", id)
        .exchange()
        .expectStatus()
        .isOk()
        .returnResult(EVENT)
        .getResponseBody()
        .filter(event -> event.event() != null);
  }

  private Instant databaseNow() {
    return Instant.ofEpochSecond(
        service.database().number("SELECT extract(epoch FROM queue_now())::bigint"));
  }

  /** A hint that came before what it tells of was committed would be followed by silence. */
  @Test
  void eachChangeIsHeardOfWhenItHasHappened() {
    String id = Jobs.submitForId(client, Jobs.image("waits"));
    List<String> heard = new ArrayList<>();
    events(id)
        .doOnNext(
            event -> {
              heard.add(event.event());
              if (event.event().equals("started")) {
                tell(FakeInference.progress(64, 256));
              } else if (event.event().equals("progress")
                  && event.data().path("tokens_done").asInt() == 64) {
                finish();
              }
            })
        .blockLast(Jobs.PATIENCE);
    assertThat(heard).startsWith("queued", "started", "progress").endsWith("finished");
  }

  @Test
  void aProgressThatIsStillBeingWrittenAtTheEndDisturbsNothing() throws Exception {
    String id = running(Jobs.image("waits"));
    List<ServerSentEvent<JsonNode>> heard = new ArrayList<>();
    var story = events(id).doOnNext(heard::add).then().toFuture();
    TestDatabase database = service.database();
    try (Connection slow =
            DriverManager.getConnection(
                database.jdbcUrl(), database.username(), database.password());
        Statement statement = slow.createStatement()) {
      slow.setAutoCommit(false);
      statement.execute("SELECT 1 FROM queue_job WHERE id = '" + id + "' FOR UPDATE");
      tell(FakeInference.progress(64, 256));
      await()
          .atMost(Jobs.PATIENCE)
          .until(
              () ->
                  database.number(
                          "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                              + " AND datname = current_database()")
                      > 0);
      finish();
      await().atMost(Jobs.PATIENCE).until(() -> !service.inference().isAnswering(id));
      slow.rollback();
    }
    story.get(Jobs.PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
    JsonNode end = heard.get(heard.size() - 1).data();
    assertThat(end.path("status").stringValue()).isEqualTo("completed");
    JsonNode job = Jobs.get(client, "/v1/jobs/{id}", id);
    assertThat(job.path("attempt").asInt()).isEqualTo(1);
    assertThat(job.path("progress").path("tokens_done").asInt()).isEqualTo(256);
    assertThat(
            service
                .bean(MeterRegistry.class)
                .get("omnimamba.queue.attempts")
                .tags("kind", "inference", "end", "lost")
                .functionCounter()
                .count())
        .as("jobs that this worker lost")
        .isZero();
  }

  /** The lease holds, so it is the worker's own write that is too late. */
  @Test
  void aResultThatComesAfterTheDeadlineIsNotTaken() {
    String deadline = databaseNow().plusSeconds(15).toString();
    String id = running(Jobs.with(Jobs.image("waits"), "deadline", deadline));
    service.database().advance(Duration.ofSeconds(16));
    finish();
    JsonNode job = Jobs.awaitStatus(client, id, "expired");
    assertThat(job.path("deadline").stringValue()).isEqualTo(deadline);
    assertThat(job.path("error").path("code").stringValue()).isEqualTo("deadline_exceeded");
    assertThat(job.has("result")).isFalse();
    client
        .get()
        .uri("/v1/jobs/{id}/content", id)
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.CONFLICT);
  }
}
