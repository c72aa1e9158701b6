package org.omnimamba.jobs.web.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.jobs.testing.Jobs;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What tests do with responses again and again. */
final class Responses {
  static final Map<String, Object> DRAWING = Map.of("type", "image_generation");
  static final String PICTURE = "data:image/png;base64,iVBORw0KGgo=";

  private static final JsonMapper JSON = new JsonMapper();

  private Responses() {}

  /** The body of a request; members in pairs. */
  static Map<String, Object> of(Object input, Object... members) {
    Map<String, Object> body = new HashMap<>(Map.of("model", "omnimamba", "input", input));
    for (int i = 0; i < members.length; i += 2) {
      body.put((String) members[i], members[i + 1]);
    }
    return body;
  }

  static Map<String, Object> user(Object... parts) {
    return Map.of("role", "user", "content", List.of(parts));
  }

  static Map<String, Object> text(String text) {
    return Map.of("type", "input_text", "text", text);
  }

  static Map<String, Object> picture() {
    return Map.of("type", "input_image", "image_url", PICTURE);
  }

  static JsonNode create(WebTestClient client, Map<String, Object> body) {
    return create(client, body, 200);
  }

  static JsonNode create(WebTestClient client, Map<String, Object> body, int status) {
    return node(
        client
            .post()
            .uri("/v1/responses")
            .bodyValue(body)
            .exchange()
            .expectStatus()
            .isEqualTo(status)
            .expectHeader()
            .contentType(MediaType.APPLICATION_JSON)
            .expectBody(JsonNode.class)
            .returnResult());
  }

  static JsonNode get(WebTestClient client, String path, int status) {
    return node(
        client
            .get()
            .uri("/v1/responses/" + path)
            .exchange()
            .expectStatus()
            .isEqualTo(status)
            .expectBody(JsonNode.class)
            .returnResult());
  }

  static JsonNode cancel(WebTestClient client, String id, int status) {
    return node(
        client
            .post()
            .uri("/v1/responses/{id}/cancel", id)
            .exchange()
            .expectStatus()
            .isEqualTo(status)
            .expectBody(JsonNode.class)
            .returnResult());
  }

  static JsonNode delete(WebTestClient client, String id, int status) {
    return node(
        client
            .delete()
            .uri("/v1/responses/{id}", id)
            .exchange()
            .expectStatus()
            .isEqualTo(status)
            .expectBody(JsonNode.class)
            .returnResult());
  }

  private static JsonNode node(EntityExchangeResult<JsonNode> result) {
    return result.getResponseBody();
  }

  static JsonNode awaitStatus(WebTestClient client, String id, String status) {
    return await()
        .atMost(Jobs.PATIENCE)
        .until(
            () -> get(client, id, 200),
            response -> response.path("status").stringValue().equals(status));
  }

  /** The events of a created stream, up to its end. */
  static List<JsonNode> stream(WebTestClient client, Map<String, Object> body) {
    return events(
        new String(
            client
                .post()
                .uri("/v1/responses")
                .bodyValue(body)
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM)
                .expectBody()
                .returnResult()
                .getResponseBodyContent(),
            java.nio.charset.StandardCharsets.UTF_8));
  }

  /** The events of a response that is streamed again, up to its end. */
  static List<JsonNode> streamAgain(WebTestClient client, String id, long after) {
    byte[] body =
        client
            .get()
            .uri("/v1/responses/{id}?stream=true&starting_after={n}", id, after)
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody()
            .returnResult()
            .getResponseBodyContent();
    return body == null
        ? List.of()
        : events(new String(body, java.nio.charset.StandardCharsets.UTF_8));
  }

  private static List<JsonNode> events(String stream) {
    List<JsonNode> events =
        stream
            .lines()
            .filter(line -> line.startsWith("data:"))
            .map(line -> JSON.readTree(line.substring("data:".length())))
            .toList();
    List<String> names =
        stream
            .lines()
            .filter(line -> line.startsWith("event:"))
            .map(line -> line.substring("event:".length()))
            .toList();
    assertThat(types(events)).isEqualTo(names);
    return events;
  }

  static List<String> types(List<JsonNode> events) {
    return events.stream().map(event -> event.path("type").stringValue()).toList();
  }

  static List<Long> numbers(List<JsonNode> events) {
    return events.stream().map(event -> event.path("sequence_number").longValue()).toList();
  }

  static String textOf(JsonNode response) {
    return response.path("output").path(0).path("content").path(0).path("text").stringValue();
  }
}
