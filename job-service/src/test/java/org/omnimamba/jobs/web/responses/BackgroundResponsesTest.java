package org.omnimamba.jobs.web.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.omnimamba.jobs.web.responses.Responses.DRAWING;
import static org.omnimamba.jobs.web.responses.Responses.awaitStatus;
import static org.omnimamba.jobs.web.responses.Responses.cancel;
import static org.omnimamba.jobs.web.responses.Responses.create;
import static org.omnimamba.jobs.web.responses.Responses.delete;
import static org.omnimamba.jobs.web.responses.Responses.get;
import static org.omnimamba.jobs.web.responses.Responses.numbers;
import static org.omnimamba.jobs.web.responses.Responses.of;
import static org.omnimamba.jobs.web.responses.Responses.stream;
import static org.omnimamba.jobs.web.responses.Responses.streamAgain;
import static org.omnimamba.jobs.web.responses.Responses.textOf;
import static org.omnimamba.jobs.web.responses.Responses.types;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Responses that are jobs. */
class BackgroundResponsesTest {
  private final TestService service = TestService.shared();
  private final FakeInference inference = service.inference();
  private final WebTestClient client = service.client("background");

  @BeforeEach
  void reset() {
    inference.reset();
  }

  private static Map<String, Object> background(String input, Object... members) {
    Map<String, Object> body = of(input, members);
    body.put("background", true);
    return body;
  }

  @Test
  void isQueuedAtOnceAndAnsweredLater() {
    JsonNode queued = create(client, background("hello", "metadata", Map.of("a", "b")));
    assertThat(queued.path("status").stringValue()).isIn("queued", "in_progress", "completed");
    assertThat(queued.path("background").booleanValue()).isTrue();
    String id = queued.path("id").stringValue();
    JsonNode response = awaitStatus(client, id, "completed");
    assertThat(textOf(response)).isEqualTo("a red apple");
    assertThat(response.path("metadata").path("a").stringValue()).isEqualTo("b");
    assertThat(response.path("usage").path("output_tokens").intValue()).isEqualTo(3);
    assertThat(inference.received().get(0).headers()).containsEntry("x-omnimamba-traffic", "job");
    assertThat(Jobs.get(client, "/v1/jobs").path("data")).isEmpty();
    assertThat(cancel(client, id, 200)).isEqualTo(response);

    JsonNode next = create(client, of("and?", "previous_response_id", id));
    assertThat(next.path("status").stringValue()).isEqualTo("completed");
    assertThat(delete(client, id, 200).path("deleted").booleanValue()).isTrue();
    get(client, id, 404);
  }

  @Test
  void streamsAndStreamsAgainFromTheMiddle() {
    List<JsonNode> events = stream(client, background("hello", "stream", true));
    assertThat(types(events))
        .containsExactly(
            "response.created",
            "response.queued",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed");
    String id = events.get(0).path("response").path("id").stringValue();
    assertThat(streamAgain(client, id, -1)).isEqualTo(events);
    assertThat(streamAgain(client, id, 4)).isEqualTo(events.subList(5, 10));
    assertThat(streamAgain(client, id, 9)).isEmpty();
    assertThat(
            get(client, id + "?stream=true&starting_after=10", 400)
                .path("error")
                .path("param")
                .stringValue())
        .isEqualTo("starting_after");
    get(service.client("foreign"), id + "?stream=true&starting_after=4", 404);
  }

  @Test
  void streamsADrawnPicture() {
    List<JsonNode> events =
        stream(client, background("an apple", "stream", true, "tools", List.of(DRAWING)));
    assertThat(types(events))
        .containsSubsequence(
            "response.queued",
            "response.image_generation_call.completed",
            "response.output_item.done",
            "response.completed");
    assertThat(numbers(events)).last().isEqualTo(events.size() - 1L);
  }

  @Test
  void cancelsWhatRuns() {
    inference.answering(FakeInference.hanging());
    JsonNode queued = create(client, background("an apple", "tools", List.of(DRAWING)));
    String id = queued.path("id").stringValue();
    awaitStatus(client, id, "in_progress");
    assertThat(delete(client, id, 400).path("error").path("code").stringValue())
        .isEqualTo("response_not_ended");
    await().atMost(Jobs.PATIENCE).until(() -> inference.running() > 0);
    assertThat(cancel(client, id, 200).path("id").stringValue()).isEqualTo(id);
    awaitStatus(client, id, "cancelled");
    await().atMost(Jobs.PATIENCE).until(() -> inference.dropped() > 0);
    assertThat(types(streamAgain(client, id, -1)))
        .containsExactly("response.created", "response.queued");
    delete(client, id, 200);
  }

  @Test
  void failsWithTheReason() {
    inference.answering(FakeInference.error(400, "invalid_request_error", "too long"));
    List<JsonNode> events = stream(client, background("hello", "stream", true));
    JsonNode last = events.get(events.size() - 1);
    assertThat(last.path("type").stringValue()).isEqualTo("response.failed");
    JsonNode error = last.path("response").path("error");
    assertThat(error.path("code").stringValue()).isEqualTo("invalid_prompt");
    assertThat(error.path("message").stringValue()).isEqualTo("too long");
  }

  @Test
  void aRepeatedKeyGivesTheSameResponse() {
    JsonNode first = createWithKey(background("hello"), 200);
    String id = first.path("id").stringValue();
    assertThat(createWithKey(background("hello"), 200).path("id").stringValue()).isEqualTo(id);
    awaitStatus(client, id, "completed");
    assertThat(createWithKey(background("hello"), 200).path("id").stringValue()).isEqualTo(id);
    assertThat(createWithKey(background("bye"), 422).path("error").path("code").stringValue())
        .isEqualTo("idempotency_key_reused");
    assertThat(inference.received()).hasSize(1);
  }

  private JsonNode createWithKey(Map<String, Object> body, int status) {
    return create(client.mutate().defaultHeader("Idempotency-Key", "again").build(), body, status);
  }

  @Test
  void outlivesTheProcessThatTookIt() {
    try (TestService first = new TestService("omnimamba.jobs.worker.enabled=false")) {
      WebTestClient before = first.client("survivor");
      String id = create(before, background("hello")).path("id").stringValue();
      JsonNode waiting = get(before, id, 200);
      assertThat(waiting.path("status").stringValue()).isEqualTo("queued");
      assertThat(
              get(before, id + "?stream=true&starting_after=2", 400)
                  .path("error")
                  .path("param")
                  .stringValue())
          .isEqualTo("starting_after");
      first.context().close();
      try (ConfigurableApplicationContext second = first.start()) {
        WebTestClient after =
            before.mutate().baseUrl("http://127.0.0.1:" + TestService.portOf(second)).build();
        assertThat(textOf(awaitStatus(after, id, "completed"))).isEqualTo("a red apple");
        assertThat(first.inference().received()).hasSize(1);
        assertThat(types(streamAgain(after, id, 1))).last().isEqualTo("response.completed");
      }
    }
  }
}
