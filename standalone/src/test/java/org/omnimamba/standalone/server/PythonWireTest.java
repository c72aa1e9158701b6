package org.omnimamba.standalone.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;
import tools.jackson.databind.JsonNode;

/** What OpenAI's Python client sent when it was recorded, sent to the whole platform. */
class PythonWireTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir static Path folder;
  private static Platform platform;
  private static GatewayClient gateway;

  private final PythonWire wire = new PythonWire(platform.url(), platform.keys().apiKey(), model());

  @BeforeAll
  static void start() throws Exception {
    platform =
        Platform.start(
            OmniMambaHome.at(folder.resolve("home")),
            new StandaloneOptions(
                TinyModel.directory(),
                0,
                "127.0.0.1",
                Map.of("omnimamba.jobs.webhooks.development-hosts", "127.0.0.1")));
    Readiness.await(platform.inferenceReadinessUrl());
    gateway = new GatewayClient(platform.url(), platform.keys().apiKey());
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  private static String model() {
    try {
      return gateway.getJson("/v1/models").path("data").path(0).path("id").asString();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode sent(String name) throws IOException {
    PythonWire.Answer answer = wire.send(name);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.headers().get("content-type")).startsWith("application/json");
    return answer.json();
  }

  private static List<String> ids(JsonNode page) {
    List<String> ids = new ArrayList<>();
    page.path("data").forEach(item -> ids.add(item.path("id").asString()));
    return ids;
  }

  @Test
  void uploadsRunsAndDownloadsABatch() throws Exception {
    JsonNode brief = sent("files-create-expires");
    assertThat(brief.path("expires_at").asLong() - brief.path("created_at").asLong())
        .isEqualTo(3600);
    JsonNode file = sent("files-create");
    assertThat(file.path("filename").asString()).isEqualTo("requests.jsonl");
    assertThat(file.path("purpose").asString()).isEqualTo("batch");
    assertThat(file.path("status").asString()).isEqualTo("processed");
    String input = file.path("id").asString();
    wire.put("file", input);
    assertThat(sent("files-retrieve")).isEqualTo(file);
    assertThat(ids(sent("files-list"))).contains(input, brief.path("id").asString());

    JsonNode created = sent("batches-create");
    assertThat(created.path("status").asString()).isEqualTo("validating");
    assertThat(created.path("metadata").path("run").asString()).isEqualTo("1");
    wire.put("batch", created.path("id").asString());
    JsonNode batch =
        await()
            .atMost(PATIENCE)
            .until(
                () -> sent("batches-retrieve"),
                found -> found.path("status").asString().equals("completed"));
    assertThat(ids(sent("batches-list"))).contains(created.path("id").asString());
    PythonWire.Answer cancelled = wire.send("batches-cancel");
    assertThat(cancelled.status()).isEqualTo(409);
    assertThat(cancelled.json().path("error").path("code").asString())
        .isEqualTo("batch_not_cancellable");

    Map<String, JsonNode> answered = new HashMap<>();
    for (String name : List.of("output_file_id", "error_file_id")) {
      wire.put("file", batch.path(name).asString());
      PythonWire.Answer content = wire.send("files-content");
      assertThat(content.status()).isEqualTo(200);
      content
          .text()
          .lines()
          .map(GatewayClient.JSON::readTree)
          .forEach(line -> answered.put(line.path("custom_id").asString(), line.path("response")));
    }
    assertThat(answered.keySet())
        .containsExactlyInAnyOrder("request-0", "request-1", "request-2", "request-3");
    assertThat(answered.get("request-2").path("status_code").asInt()).isEqualTo(400);
    assertThat(answered.get("request-3").path("body").path("object").asString())
        .isEqualTo("response");
    wire.put("file", input);
    assertThat(sent("files-delete").path("deleted").asBoolean()).isTrue();
    assertThat(wire.send("files-retrieve").status()).isEqualTo(404);
  }

  @Test
  void answersStreamedAndInTheBackground() throws Exception {
    JsonNode whole = sent("responses-create");
    String text = text(whole);
    PythonWire.Answer stream = wire.send("responses-create-stream");
    assertThat(stream.headers().get("content-type")).startsWith("text/event-stream");
    List<JsonNode> events = stream.events();
    assertThat(events.get(0).path("type").asString()).isEqualTo("response.created");
    // the client takes a member of that name for a failure of the whole stream
    assertThat(events).noneMatch(event -> event.hasNonNull("error"));
    assertThat(text(events.get(events.size() - 1).path("response"))).isEqualTo(text);

    JsonNode queued = sent("responses-create-background");
    assertThat(queued.path("status").asString()).isEqualTo("queued");
    wire.put("response", queued.path("id").asString());
    JsonNode ended =
        await()
            .atMost(PATIENCE)
            .until(
                () -> sent("responses-retrieve"),
                found ->
                    !List.of("queued", "in_progress").contains(found.path("status").asString()));
    assertThat(text(ended)).isEqualTo(text);
    List<JsonNode> again = wire.send("responses-retrieve-stream").events();
    assertThat(again.stream().map(event -> event.path("sequence_number").asInt()))
        .isEqualTo(IntStream.range(4, 4 + again.size()).boxed().toList());
    assertThat(sent("responses-cancel")).isEqualTo(ended);
  }

  private static String text(JsonNode response) {
    return response.path("output").path(0).path("content").path(0).path("text").asString();
  }

  @Test
  void theClientsCheckOfAMessagePasses() throws Exception {
    WebhookMessage message =
        WebhookMessage.first(
            gateway,
            () -> {
              try {
                wire.put("response", sent("responses-create-background").path("id").asString());
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            },
            "response.completed",
            "response.incomplete");
    assertThat(matches(message, message.body())).isTrue();
    assertThat(matches(message, message.body() + " ")).isFalse();
    JsonNode event = GatewayClient.JSON.readTree(message.body());
    // the client chooses the class of the event by its type alone
    assertThat(event.path("type").asString()).isIn("response.completed", "response.incomplete");
    assertThat(event.path("object").asString()).isEqualTo("event");
    assertThat(event.path("id").isString()).isTrue();
    assertThat(event.path("created_at").isIntegralNumber()).isTrue();
    assertThat(sentAgain(event.path("data").path("id").asString()).path("object").asString())
        .isEqualTo("response");
  }

  private JsonNode sentAgain(String response) throws IOException {
    wire.put("response", response);
    return sent("responses-retrieve");
  }

  /** As {@code client.webhooks.verify_signature}: 300 s either way, any of the signatures. */
  private static boolean matches(WebhookMessage message, String body) throws Exception {
    String time = message.header("webhook-timestamp");
    assertThat(Long.parseLong(time)).isCloseTo(Instant.now().getEpochSecond(), Offset.offset(300L));
    byte[] secret =
        message.secret().startsWith("whsec_")
            ? Base64.getDecoder().decode(message.secret().substring("whsec_".length()))
            : message.secret().getBytes(UTF_8);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    String signed = message.header("webhook-id") + "." + time + "." + body;
    byte[] expected = Base64.getEncoder().encode(mac.doFinal(signed.getBytes(UTF_8)));
    return Arrays.stream(message.header("webhook-signature").split("\\s+"))
        .map(part -> part.startsWith("v1,") ? part.substring("v1,".length()) : part)
        .anyMatch(signature -> MessageDigest.isEqual(expected, signature.getBytes(UTF_8)));
  }
}
