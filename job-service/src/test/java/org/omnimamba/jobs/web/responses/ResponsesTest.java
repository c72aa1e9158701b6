package org.omnimamba.jobs.web.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.omnimamba.jobs.web.responses.Responses.DRAWING;
import static org.omnimamba.jobs.web.responses.Responses.cancel;
import static org.omnimamba.jobs.web.responses.Responses.create;
import static org.omnimamba.jobs.web.responses.Responses.delete;
import static org.omnimamba.jobs.web.responses.Responses.get;
import static org.omnimamba.jobs.web.responses.Responses.of;
import static org.omnimamba.jobs.web.responses.Responses.picture;
import static org.omnimamba.jobs.web.responses.Responses.stream;
import static org.omnimamba.jobs.web.responses.Responses.text;
import static org.omnimamba.jobs.web.responses.Responses.textOf;
import static org.omnimamba.jobs.web.responses.Responses.types;
import static org.omnimamba.jobs.web.responses.Responses.user;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** Responses that are waited for. */
class ResponsesTest {
  private final TestService service = TestService.shared();
  private final FakeInference inference = service.inference();
  private final WebTestClient client = service.client("responses");

  @BeforeEach
  void reset() {
    inference.reset();
  }

  private JsonNode asked() {
    return inference.received().get(inference.received().size() - 1).body();
  }

  @Test
  void answersInOpenAiShape() {
    JsonNode response =
        create(
            client,
            of(
                "what is red?",
                "instructions",
                "be brief",
                "max_output_tokens",
                9,
                "metadata",
                Map.of("order", "4711")));
    assertThat(response.path("id").stringValue()).matches("resp_[0-9a-f]{32}");
    assertThat(response.path("object").stringValue()).isEqualTo("response");
    assertThat(response.path("status").stringValue()).isEqualTo("completed");
    assertThat(response.path("created_at").isIntegralNumber()).isTrue();
    assertThat(response.properties())
        .extracting(Map.Entry::getKey)
        .contains(
            "error",
            "incomplete_details",
            "instructions",
            "model",
            "tools",
            "parallel_tool_calls",
            "tool_choice",
            "temperature",
            "top_p");
    assertThat(response.path("metadata").path("order").stringValue()).isEqualTo("4711");
    JsonNode item = response.path("output").path(0);
    assertThat(item.path("role").stringValue()).isEqualTo("assistant");
    assertThat(item.path("content").path(0).path("type").stringValue()).isEqualTo("output_text");
    assertThat(textOf(response)).isEqualTo("a red apple");
    JsonNode usage = response.path("usage");
    assertThat(usage.path("input_tokens").intValue()).isEqualTo(5);
    assertThat(usage.path("output_tokens").intValue()).isEqualTo(3);
    assertThat(usage.path("output_tokens_details").path("reasoning_tokens").intValue()).isZero();

    assertThat(asked().path("max_completion_tokens").intValue()).isEqualTo(9);
    assertThat(asked().path("messages").toString())
        .isEqualTo(
            "[{\"content\":[{\"text\":\"be brief\",\"type\":\"text\"}],\"role\":\"system\"},"
                + "{\"content\":[{\"text\":\"what is red?\",\"type\":\"text\"}],\"role\":\"user\"}]");
    assertThat(inference.received().get(0).headers()).doesNotContainKey("x-omnimamba-traffic");
    assertThat(get(client, response.path("id").stringValue(), 200)).isEqualTo(response);
  }

  @Test
  void moreTokensThanAnyContextHasAreAskedForAsANumberThatClientsRead() {
    JsonNode response =
        create(client, of("hello", "max_output_tokens", BigInteger.TEN.pow(30), "store", false));
    assertThat(response.path("max_output_tokens").asString()).isEqualTo("2147483647");
    assertThat(asked().path("max_completion_tokens").asString()).isEqualTo("2147483647");
  }

  @Test
  void keepsNothingThatIsNotToBeStored() {
    JsonNode response = create(client, of("hello", "store", false));
    assertThat(textOf(response)).isEqualTo("a red apple");
    get(client, response.path("id").stringValue(), 404);
  }

  @Test
  void deletesAndListsWhatWentIn() {
    JsonNode response =
        create(client, of(List.of(user(text("one"), picture()), user(text("two")))));
    String id = response.path("id").stringValue();
    JsonNode items = get(client, id + "/input_items?order=asc&limit=1", 200);
    assertThat(items.path("has_more").booleanValue()).isTrue();
    assertThat(items.path("data").path(0).path("content").path(1).path("image_url").stringValue())
        .isEqualTo(Responses.PICTURE);
    String first = items.path("last_id").stringValue();
    JsonNode more = get(client, id + "/input_items?order=asc&after=" + first, 200);
    assertThat(more.path("data").size()).isEqualTo(1);
    assertThat(more.path("has_more").booleanValue()).isFalse();
    assertThat(cancel(client, id, 400).path("error").path("message").stringValue())
        .contains("background");

    assertThat(delete(client, id, 200).path("deleted").booleanValue()).isTrue();
    get(client, id, 404);
    get(client, id + "/input_items", 404);
    delete(client, id, 404);
  }

  @Test
  void belongsToItsTenantAlone() {
    String id = create(client, of("hello")).path("id").stringValue();
    WebTestClient other = service.client("another");
    JsonNode refusal = get(other, id, 404);
    assertThat(refusal.path("error").path("type").stringValue()).isEqualTo("invalid_request_error");
    get(other, id + "?stream=true", 404);
    get(other, id + "/input_items", 404);
    cancel(other, id, 404);
    delete(other, id, 404);
    assertThat(
            create(other, of("and?", "previous_response_id", id), 400)
                .path("error")
                .path("code")
                .stringValue())
        .isEqualTo("previous_response_not_found");
    get(client, id, 200);
  }

  @Test
  void goesOnAboutOnePicture() {
    JsonNode first = create(client, of(List.of(user(picture(), text("what is it?")))));
    JsonNode second =
        create(client, of("which colour?", "previous_response_id", first.path("id").stringValue()));
    create(client, of("sure?", "previous_response_id", second.path("id").stringValue()));
    JsonNode messages = asked().path("messages");
    List<String> said = new ArrayList<>();
    messages.forEach(
        message ->
            message
                .path("content")
                .forEach(
                    part ->
                        said.add(
                            message.path("role").stringValue()
                                + " "
                                + part.path("text").asString("a picture"))));
    assertThat(said)
        .containsExactly(
            "user a picture",
            "user what is it?",
            "assistant a red apple",
            "user which colour?",
            "assistant a red apple",
            "user sure?");
    assertThat(second.path("previous_response_id")).isEqualTo(first.path("id"));

    delete(client, first.path("id").stringValue(), 200);
    assertThat(
            create(
                    client,
                    of("still?", "previous_response_id", second.path("id").stringValue()),
                    400)
                .path("error")
                .path("param")
                .stringValue())
        .isEqualTo("previous_response_id");
  }

  @Test
  void drawsAndThenTalksAboutThePicture() {
    JsonNode drawn =
        create(client, of("a red apple", "tools", List.of(DRAWING), "temperature", 0.5));
    String base64 = Base64.getEncoder().encodeToString(FakeInference.PNG);
    JsonNode item = drawn.path("output").path(0);
    assertThat(item.path("type").stringValue()).isEqualTo("image_generation_call");
    assertThat(item.path("status").stringValue()).isEqualTo("completed");
    assertThat(item.path("result").stringValue()).isEqualTo(base64);
    assertThat(asked().path("prompt").stringValue()).isEqualTo("a red apple");

    create(client, of("what is it?", "previous_response_id", drawn.path("id").stringValue()));
    JsonNode messages = asked().path("messages");
    assertThat(messages.size()).isEqualTo(1);
    assertThat(messages.path(0).path("content").path(0).path("image_url").path("url").stringValue())
        .endsWith(base64);
  }

  @Test
  void drawsByItsRule() {
    List<Object> tools = List.of(DRAWING);
    Object look = List.of(user(picture(), text("what is it?")));
    create(client, of("an apple", "tools", tools, "tool_choice", "none"));
    assertThat(asked().has("messages")).isTrue();
    create(client, of(look, "tools", tools));
    assertThat(asked().has("messages")).isTrue();
    create(client, of("an apple", "tools", tools, "tool_choice", DRAWING));
    assertThat(asked().has("prompt")).isTrue();
    create(client, of("an apple", "tools", tools, "tool_choice", "required"));
    assertThat(asked().has("prompt")).isTrue();
    create(client, of(look, "tools", tools, "tool_choice", "required"), 400);
  }

  @Test
  void streamsWhatTheWholeAnswerSays() {
    List<JsonNode> events = stream(client, of("hello", "stream", true));
    assertThat(types(events))
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed");
    assertThat(Responses.numbers(events))
        .isEqualTo(LongStream.range(0, events.size()).boxed().toList());
    JsonNode last = events.get(events.size() - 1).path("response");
    assertThat(textOf(last)).isEqualTo("a red apple");
    assertThat(last.path("usage").path("output_tokens").intValue()).isEqualTo(3);
    String id = last.path("id").stringValue();
    assertThat(get(client, id, 200)).isEqualTo(last);
    assertThat(get(client, id + "?stream=true", 400).path("error").path("param").stringValue())
        .isEqualTo("stream");
  }

  @Test
  void streamsAPictureAsItIsDrawn() {
    List<JsonNode> events =
        stream(
            client,
            of(
                "an apple",
                "stream",
                true,
                "tools",
                List.of(Map.of("type", "image_generation", "partial_images", 1))));
    assertThat(asked().path("partial_images").intValue()).isEqualTo(1);
    assertThat(types(events))
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.image_generation_call.in_progress",
            "response.image_generation_call.generating",
            "response.image_generation_call.partial_image",
            "response.image_generation_call.completed",
            "response.output_item.done",
            "response.completed");
  }

  @Test
  void isMadeAgainWhateverTheIdempotencyKey() {
    WebTestClient keyed =
        client.mutate().defaultHeader("Idempotency-Key", "once-" + UUID.randomUUID()).build();
    String first = create(keyed, of("hello")).path("id").stringValue();
    assertThat(create(keyed, of("hello")).path("id").stringValue()).isNotEqualTo(first);
    assertThat(create(keyed, of("bye")).path("status").stringValue()).isEqualTo("completed");
  }

  @Test
  void saysWhatCutTheAnswer() {
    inference.answering(
        (body, response) ->
            FakeInference.events(
                response,
                FakeInference.chat("a ", "red ")
                    .map(event -> event.replace("\"stop\"", "\"length\""))));
    JsonNode response = create(client, of("hello"));
    assertThat(response.path("status").stringValue()).isEqualTo("incomplete");
    assertThat(response.path("incomplete_details").path("reason").stringValue())
        .isEqualTo("max_output_tokens");
    List<JsonNode> events = stream(client, of("hello", "stream", true));
    assertThat(types(events)).last().isEqualTo("response.incomplete");
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void passesARefusalOn(boolean stream) {
    inference.answering(
        FakeInference.error(429, "rate_limit_error", "no 'size'", "retry-after", "7"));
    client
        .post()
        .uri("/v1/responses")
        .bodyValue(of("hello", "stream", stream))
        .exchange()
        .expectStatus()
        .isEqualTo(429)
        .expectHeader()
        .valueEquals("Retry-After", "7")
        .expectBody()
        .jsonPath("$.error.message")
        .isEqualTo("no 'tools[0].size'")
        .jsonPath("$.error.param")
        .isEqualTo("tools[0].size")
        .jsonPath("$.error.type")
        .isEqualTo("rate_limit_error");
  }

  @Test
  void aStreamThatBreaksEndsWithAFailedResponse() {
    inference.answering(
        (body, response) ->
            FakeInference.events(
                response,
                FakeInference.chat("a ")
                    .take(2)
                    .concatWith(
                        Flux.just(
                            "{\"error\":{\"message\":\"it broke\",\"type\":\"server_error\"}}"))));
    List<JsonNode> events = stream(client, of("hello", "stream", true));
    JsonNode last = events.get(events.size() - 1);
    assertThat(last.path("type").stringValue()).isEqualTo("response.failed");
    JsonNode error = last.path("response").path("error");
    assertThat(error.path("code").stringValue()).isEqualTo("server_error");
    assertThat(error.path("message").stringValue()).isEqualTo("it broke");
    String id = last.path("response").path("id").stringValue();
    assertThat(get(client, id, 200).path("status").stringValue()).isEqualTo("failed");
    create(client, of("go on", "previous_response_id", id), 400);
  }

  @Test
  void aClientThatGoesAwayEndsTheAnswer() {
    inference.answering(FakeInference.hanging());
    client
        .post()
        .uri("/v1/responses")
        .bodyValue(of("an apple", "stream", true, "tools", List.of(DRAWING)))
        .exchange()
        .returnResult(String.class)
        .getResponseBody()
        .blockFirst(Jobs.PATIENCE);
    await().atMost(Jobs.PATIENCE).until(() -> inference.dropped() == 1);
  }
}
