package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** A job's life as a client watches it. */
class JobEventsTest {
  private static final ParameterizedTypeReference<ServerSentEvent<JsonNode>> EVENT =
      new ParameterizedTypeReference<>() {};

  private final TestService service = TestService.shared();
  private final WebTestClient client = service.client("watcher");

  @BeforeEach
  void reset() {
    service.inference().reset();
  }

  @Test
  void tellsTheWholeStoryAndEnds() {
    String id = Jobs.submitForId(client, Jobs.image("watched"));
    List<ServerSentEvent<JsonNode>> story = told(watch(id, null));
    assertThat(story.get(0).event()).isEqualTo("queued");
    assertThat(story).extracting(ServerSentEvent::event).contains("started", "partial_image");
    ServerSentEvent<JsonNode> last = story.get(story.size() - 1);
    assertThat(last.event()).isEqualTo("finished");
    assertThat(last.data().path("status").stringValue()).isEqualTo("completed");
    ServerSentEvent<JsonNode> partial =
        story.stream().filter(e -> "partial_image".equals(e.event())).findFirst().orElseThrow();
    assertThat(Base64.getDecoder().decode(partial.data().path("b64_json").stringValue()))
        .isEqualTo(FakeInference.PNG);
    assertThat(story.stream().map(e -> Long.parseLong(e.id())).toList())
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void goesOnFromWhereTheClientWas() {
    String id = Jobs.submitForId(client, Jobs.image("resumed"));
    List<ServerSentEvent<JsonNode>> story = told(watch(id, null));
    // of progress only the latest is kept, so compare what stays
    List<String> lasting = ids(told(watch(id, null)));
    assertThat(ids(story)).containsAll(lasting);
    for (int seen = 0; seen < lasting.size() - 1; seen++) {
      assertThat(ids(told(watch(id, lasting.get(seen)))))
          .isEqualTo(lasting.subList(seen + 1, lasting.size()));
    }
    client
        .get()
        .uri("/v1/jobs/{id}/events", id)
        .header("Last-Event-ID", lasting.get(lasting.size() - 1))
        .exchange()
        .expectStatus()
        .isNoContent();
  }

  @Test
  void tellsProgressWhileItHappensAndKeepsAQuietStreamOpen() {
    Sinks.Many<String> engine = Sinks.many().unicast().onBackpressureBuffer();
    service
        .inference()
        .answering((body, response) -> FakeInference.events(response, engine.asFlux()));
    String id = Jobs.submitForId(client, Jobs.image("live"));
    List<ServerSentEvent<JsonNode>> seen = new ArrayList<>();
    AtomicBoolean finishing = new AtomicBoolean();
    watch(id, null)
        .doOnNext(
            event -> {
              seen.add(event);
              if ("started".equals(event.event())) {
                engine.tryEmitNext(FakeInference.progress(64, 256)).orThrow();
              } else if ("progress".equals(event.event())
                  && event.data().path("tokens_done").asInt() == 64) {
                assertThat(event.data().path("tokens_total").asInt()).isEqualTo(256);
              } else if ("keep-alive".equals(event.comment())
                  && hasProgress(seen)
                  && finishing.compareAndSet(false, true)) {
                FakeInference.image(1, 256)
                    .doOnNext(e -> engine.tryEmitNext(e).orThrow())
                    .subscribe();
                engine.tryEmitComplete();
              }
            })
        .takeUntil(event -> "finished".equals(event.event()))
        .blockLast(Jobs.PATIENCE);
    assertThat(hasProgress(seen)).isTrue();
    assertThat(seen.get(seen.size() - 1).data().path("status").stringValue())
        .isEqualTo("completed");
  }

  @Test
  void aJobThatIsDeletedEndsItsStream() {
    WebTestClient waiting = TestService.apiOnly().client("watcher");
    String id = Jobs.submitForId(waiting, Jobs.image("deleted"));
    List<String> types =
        waiting
            .get()
            .uri("/v1/jobs/{id}/events", id)
            .exchange()
            .expectStatus()
            .isOk()
            .returnResult(EVENT)
            .getResponseBody()
            .publishOn(Schedulers.boundedElastic())
            .doOnNext(
                event ->
                    TestService.apiOnly()
                        .database()
                        .execute("DELETE FROM queue_job WHERE id = '" + id + "'"))
            .mapNotNull(ServerSentEvent::event)
            .collectList()
            .block(Jobs.PATIENCE);
    assertThat(types).containsExactly("queued");
  }

  /** A hint that is sent before its transaction is committed would tell of what is not so yet. */
  @Test
  void whatAnEventTellsHasHappenedWhenItIsTold() {
    List<String> ids =
        IntStream.range(0, 20)
            .mapToObj(i -> Jobs.submitForId(client, Jobs.image("told " + i)))
            .toList();
    List<String> early = new CopyOnWriteArrayList<>();
    List<String> last =
        Flux.fromIterable(ids)
            .flatMapSequential(
                id ->
                    watch(id, null)
                        .filter(event -> event.event() != null)
                        .publishOn(Schedulers.boundedElastic())
                        .doOnNext(
                            event -> {
                              JsonNode job = Jobs.get(client, "/v1/jobs/{id}", id);
                              String status = job.path("status").stringValue();
                              if (!event.event().equals("queued") && status.equals("queued")
                                  || event.event().equals("finished")
                                      && !(status.equals("completed")
                                          && job.path("attempt").asInt() == 1)) {
                                early.add(event.event() + " while " + job);
                              }
                            })
                        .last()
                        .map(event -> event.event() + " " + event.data().path("status").asString()),
                ids.size())
            .collectList()
            .block(Jobs.PATIENCE);
    assertThat(early).isEmpty();
    assertThat(last).hasSize(ids.size()).containsOnly("finished completed");
  }

  private static boolean hasProgress(List<ServerSentEvent<JsonNode>> events) {
    return events.stream().anyMatch(e -> "progress".equals(e.event()));
  }

  private Flux<ServerSentEvent<JsonNode>> watch(String id, String lastEventId) {
    return client
        .get()
        .uri("/v1/jobs/{id}/events", id)
        .headers(
            headers -> {
              if (lastEventId != null) {
                headers.set("Last-Event-ID", lastEventId);
              }
            })
        .exchange()
        .expectStatus()
        .isOk()
        .returnResult(EVENT)
        .getResponseBody();
  }

  private static List<ServerSentEvent<JsonNode>> told(Flux<ServerSentEvent<JsonNode>> stream) {
    return stream.filter(e -> e.event() != null).collectList().block(Jobs.PATIENCE);
  }

  private static List<String> ids(List<ServerSentEvent<JsonNode>> events) {
    return events.stream().map(ServerSentEvent::id).toList();
  }
}
