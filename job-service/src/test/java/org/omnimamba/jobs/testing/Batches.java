package org.omnimamba.jobs.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What tests do with batches again and again.
 *
 * @param client of the tenant whose batches they are
 */
public record Batches(WebTestClient client) {
  public static final String CHAT = "/v1/chat/completions";
  public static final String IMAGES = "/v1/images/generations";
  public static final String RESPONSES = "/v1/responses";

  private static final JsonMapper JSON = new JsonMapper();

  /** A line of an input file; the body is JSON. */
  public static String line(String id, String url, String body) {
    return "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"%s\",\"body\":%s}"
        .formatted(id, url, body);
  }

  /** A chat's line. */
  public static String ask(String id, String text) {
    return line(id, CHAT, chat(text));
  }

  /** The body of a chat's line. */
  public static String chat(String text) {
    return "{\"model\":\"omnimamba\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(text);
  }

  /** The line of a picture. */
  public static String draw(String id) {
    return line(id, IMAGES, "{\"prompt\":\"an apple\"}");
  }

  public static JsonNode json(ResponseSpec answer, int status) {
    JsonNode body =
        answer
            .expectStatus()
            .isEqualTo(status)
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody();
    assertThat(body).isNotNull();
    return body;
  }

  /** Has the end of the tenant's batches told to an address where nobody listens. */
  public void tellTheirEnd() {
    json(
        client
            .post()
            .uri("/v1/webhook-endpoints")
            .bodyValue(Map.of("url", "http://127.0.0.1:9/", "events", List.of("batch.completed")))
            .exchange(),
        201);
  }

  /** Uploads an input file; its id. */
  public String upload(String text) {
    return upload(text.getBytes(UTF_8));
  }

  /** Uploads an input file; its id. */
  public String upload(byte[] text) {
    return json(new UploadForm().field("purpose", "batch").file(text).post(client), 200)
        .path("id")
        .asString("");
  }

  public ResponseSpec create(String file, String endpoint) {
    return client
        .post()
        .uri("/v1/batches")
        .bodyValue(
            Map.of(
                "input_file_id",
                file,
                "endpoint",
                endpoint,
                "completion_window",
                "24h",
                "metadata",
                Map.of("run", "7")))
        .exchange();
  }

  /** Uploads the lines and makes a batch of them; its id. */
  public String start(String endpoint, List<String> lines) {
    JsonNode batch = json(create(upload(String.join("\n", lines)), endpoint), 200);
    assertThat(batch.path("object").asString("")).isEqualTo("batch");
    assertThat(batch.path("metadata").path("run").asString("")).isEqualTo("7");
    assertThat(batch.path("id").asString("")).matches("batch_[0-9a-f]{32}");
    return batch.path("id").asString("");
  }

  public JsonNode get(String id) {
    return json(client.get().uri("/v1/batches/{id}", id).exchange(), 200);
  }

  public JsonNode awaitStatus(String id, String status) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> get(id).path("status").asString("").equals(status));
    return get(id);
  }

  /** The lines of an output or error file. */
  public List<JsonNode> lines(JsonNode file) {
    byte[] text =
        client
            .get()
            .uri("/v1/files/{id}/content", file.asString(""))
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody()
            .returnResult()
            .getResponseBody();
    assertThat(text).isNotNull();
    return new String(text, UTF_8).lines().<JsonNode>map(JSON::readTree).toList();
  }

  public static List<String> ids(List<JsonNode> lines) {
    return lines.stream().map(line -> line.path("custom_id").asString("")).toList();
  }
}
