package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.standalone.OmniMambaHome;
import tools.jackson.databind.JsonNode;

/**
 * Requests as lmms-eval and VLMEvalKit write them, with the settings of docs/evaluation.md, sent to
 * the shipped model through the gateway. The bodies in {@code evaluation-clients} were written by
 * hand after those programs' code; PICTURE stands for a picture in base64.
 */
class EvaluationClientsTest {
  private static final Path MODEL = Path.of("..", "models", "omnimamba-emoji");
  private static final Path PICTURES = Path.of("..", "model", "src", "test", "resources", "images");
  private static final Path BODIES = Path.of("src", "test", "resources", "evaluation-clients");

  @TempDir static Path folder;
  private static Platform platform;

  @BeforeAll
  static void start() throws Exception {
    platform =
        Platform.start(
            OmniMambaHome.at(folder), new StandaloneOptions(MODEL, 0, "127.0.0.1", Map.of()));
    Readiness.await(platform.inferenceReadinessUrl());
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  private static HttpResponse<String> post(String body, String key) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(platform.url() + "/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static String body(String recording, String picture) throws Exception {
    String base64 =
        Base64.getEncoder().encodeToString(Files.readAllBytes(PICTURES.resolve(picture)));
    return Files.readString(BODIES.resolve(recording)).replace("PICTURE", base64);
  }

  @ParameterizedTest
  @CsvSource({
    "lmms-eval.json, alpha_red_apple.png, red apple",
    "lmms-eval-max-tokens.json, alpha_red_apple.png, red apple",
    "vlmevalkit.json, exif_1_cactus.jpg, cactus",
    "vlmevalkit-lmdeploy.json, exif_1_cactus.jpg, cactus"
  })
  void isAnsweredWhereTheyReadIt(String recording, String picture, String right) throws Exception {
    HttpResponse<String> response = post(body(recording, picture), platform.keys().apiKey());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode answer = GatewayClient.JSON.readTree(response.body());
    // both read choices[0].message.content
    assertThat(answer.at("/choices/0/message/content").asString().strip()).isEqualTo(right);
  }

  /** They ask again after any failure: the same request has the same answer. */
  @Test
  void aRetryHasTheSameAnswer() throws Exception {
    String body = body("lmms-eval.json", "alpha_red_apple.png");
    HttpResponse<String> refused = post(body, "om_wrong");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(GatewayClient.JSON.readTree(refused.body()).at("/error/message").asString())
        .isNotEmpty();
    String first = content(post(body, platform.keys().apiKey()));
    assertThat(content(post(body, platform.keys().apiKey()))).isEqualTo(first);
  }

  private static String content(HttpResponse<String> response) {
    return GatewayClient.JSON.readTree(response.body()).at("/choices/0/message/content").asString();
  }
}
