package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.omnimamba.standalone.server.GatewayClient.image;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the gateway takes from the services' answers, as the real services write them. */
class GatewayContractTest {
  private static final int TOKENS = 7;

  @TempDir static Path folder;
  private static Platform platform;
  private static GatewayClient client;
  private static long chatTokens;
  private static long imageTokens;
  private static final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    platform =
        Platform.start(
            OmniMambaHome.at(folder.resolve("home")),
            new StandaloneOptions(TinyModel.directory(), 0, "127.0.0.1", Map.of()));
    Readiness.await(platform.inferenceReadinessUrl());
    client = new GatewayClient(platform.url(), platform.keys().apiKey());
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  private static long counted(String kind) throws Exception {
    String metrics =
        http.send(
                HttpRequest.newBuilder(URI.create(platform.metricsUrl())).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    Matcher counter =
        Pattern.compile(
                "omnimamba_gateway_tokens_total\\{[^}]*kind=\"" + kind + "\"[^}]*\\} ([0-9.E]+)")
            .matcher(metrics);
    assertThat(counter.find()).isTrue();
    return (long) Double.parseDouble(counter.group(1));
  }

  private static ObjectNode chat() {
    ObjectNode body = GatewayClient.JSON.createObjectNode().put("max_tokens", TOKENS);
    body.put("temperature", 0)
        .putArray("messages")
        .addObject()
        .put("role", "user")
        .put("content", "a");
    return body;
  }

  private static int tokens(JsonNode usage, String name) {
    return usage.path(name).intValue();
  }

  /** The same request, asked in each way: whatever the answer looks like, the count is one. */
  @ParameterizedTest
  @CsvSource({"false,false", "true,true", "true,false"})
  void countsTheTokensOfAChat(boolean stream, boolean includeUsage) throws Exception {
    int generated =
        tokens(
            client.postJson("/v1/chat/completions", chat(), 200).path("usage"),
            "completion_tokens");
    ObjectNode body = chat().put("stream", stream).put("return_token_ids", true);
    if (includeUsage) {
      body.putObject("stream_options").put("include_usage", true);
    }
    HttpResponse<byte[]> answer = client.post("/v1/chat/completions", body);
    assertThat(answer.statusCode())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    chatTokens += 2 * generated;
    await().atMost(Duration.ofSeconds(30)).until(() -> counted("chat") == chatTokens);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void countsTheTokensOfPictures(boolean stream) throws Exception {
    ObjectNode body = image("a bed").put("n", 2);
    int generated =
        tokens(client.postJson("/v1/images/generations", body, 200).path("usage"), "output_tokens");
    assertThat(generated).isPositive();
    client.post("/v1/images/generations", body.put("stream", stream));
    imageTokens += 2 * generated;
    await().atMost(Duration.ofSeconds(30)).until(() -> counted("image") == imageTokens);
  }

  @Test
  void aClientMayWaitForItsJob() throws Exception {
    ObjectNode job = GatewayClient.JSON.createObjectNode().put("endpoint", "/v1/chat/completions");
    job.set("body", chat());
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(platform.url() + "/v1/jobs"))
                .header("Authorization", "Bearer " + platform.keys().apiKey())
                .header("Content-Type", "application/json")
                .header("Prefer", "wait=60")
                .POST(HttpRequest.BodyPublishers.ofString(job.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Preference-Applied")).contains("wait=60");
    assertThat(GatewayClient.JSON.readTree(answer.body()).path("status").asString())
        .isEqualTo("completed");
  }
}
