package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Speaks to a running gateway as a client would, over real HTTP. */
final class GatewayClient {
  static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;
  private final String key;

  GatewayClient(String url, String key) {
    this.url = url;
    this.key = key;
  }

  HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return http.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  JsonNode getJson(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = get(path);
    assertThat(response.statusCode()).as(new String(response.body())).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  HttpResponse<byte[]> post(String path, JsonNode body) throws IOException, InterruptedException {
    return http.send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  JsonNode postJson(String path, JsonNode body, int status)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> response = post(path, body);
    assertThat(response.statusCode()).as(new String(response.body())).isEqualTo(status);
    return JSON.readTree(response.body());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + key);
  }

  /** A greedy chat request about one picture that asks for the generated ids. */
  static ObjectNode chat(Path png, String question, int maxTokens) throws IOException {
    ObjectNode body = greedy();
    body.put("max_tokens", maxTokens);
    var content = body.putArray("messages").addObject().put("role", "user").putArray("content");
    content.addObject().put("type", "text").put("text", question);
    content
        .addObject()
        .put("type", "image_url")
        .putObject("image_url")
        .put(
            "url",
            "data:image/png;base64," + Base64.getEncoder().encodeToString(Files.readAllBytes(png)));
    return body;
  }

  /** A greedy request for one picture that asks for the generated ids. */
  static ObjectNode image(String prompt) {
    return greedy().put("prompt", prompt);
  }

  private static ObjectNode greedy() {
    return JSON.createObjectNode().put("temperature", 0).put("return_token_ids", true);
  }

  static List<Integer> ids(JsonNode array) {
    List<Integer> ids = new ArrayList<>();
    array.forEach(id -> ids.add(id.intValue()));
    return ids;
  }
}
