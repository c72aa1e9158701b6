package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.omnimamba.standalone.server.GatewayClient.JSON;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;
import org.omnimamba.standalone.cli.CommandRun;
import org.omnimamba.web.usage.Usage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is counted as used is what the answers said, whatever kind of request it was. */
class UsageTest {
  @TempDir static Path folder;
  private static Platform platform;
  private static GatewayClient admin;

  @BeforeAll
  static void start() throws Exception {
    platform =
        Platform.start(
            OmniMambaHome.at(folder.resolve("home")),
            new StandaloneOptions(TinyModel.directory(), 0, "127.0.0.1", Map.of()));
    Readiness.await(platform.inferenceReadinessUrl());
    admin = new GatewayClient(platform.url(), platform.keys().apiKey());
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  private static Spender spender(String tenant) throws Exception {
    return new Spender(platform.url(), admin, tenant);
  }

  private static ObjectNode chat(String text) {
    ObjectNode body = JSON.createObjectNode().put("temperature", 0).put("max_tokens", 7);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return body;
  }

  private static ObjectNode look() throws IOException {
    return GatewayClient.chat(OracleFiles.path("photo-97x61.png"), "what is this?", 5);
  }

  private static ObjectNode image(int n) {
    return JSON.createObjectNode().put("prompt", "a red apple").put("n", n).put("seed", 5);
  }

  private static JsonNode usageOfStream(List<JsonNode> events) {
    return events.get(events.size() - 1).path("usage");
  }

  @Test
  void chatsWholeAndStreamed() throws Exception {
    Spender spender = spender("chats");
    JsonNode whole = spender.post("/v1/chat/completions", chat("hello").put("n", 2));
    spender.said(whole.path("usage"), 0);
    spender.said(spender.post("/v1/chat/completions", look()).path("usage"), 0);
    spender.said(spender.post("/v1/chat/completions", look()).path("usage"), 0);
    assertThat(spender.said().cachedTokens()).as("the same picture again").isPositive();

    ObjectNode told = chat("hello there");
    told.putObject("stream_options").put("include_usage", true);
    JsonNode usage = usageOfStream(spender.stream("/v1/chat/completions", told));
    spender.said(usage, 0);
    List<JsonNode> silent = spender.stream("/v1/chat/completions", chat("hello there"));
    assertThat(silent).noneMatch(event -> event.has("usage"));
    spender.said(usage, 0);

    assertThat(spender.client.post("/v1/chat/completions", chat("x").put("n", 99)).statusCode())
        .isEqualTo(400);
    spender.expectCounted();
  }

  @Test
  void picturesWholeAndStreamed() throws Exception {
    Spender spender = spender("pictures");
    spender.said(spender.post("/v1/images/generations", image(2)).path("usage"), 2);
    ObjectNode url = image(1).put("response_format", "url");
    spender.said(spender.post("/v1/images/generations", url).path("usage"), 1);
    spender.stream("/v1/images/generations", image(2).put("partial_images", 1)).stream()
        .filter(event -> event.path("type").asString("").equals("image_generation.completed"))
        .forEach(event -> spender.said(event.path("usage"), 1));
    assertThat(spender.said().pictures()).isEqualTo(5);
    spender.wereOneRequest(2);
    spender.expectCounted();
  }

  @Test
  void toolCalls() throws Exception {
    Spender spender = spender("tools");
    ObjectNode call =
        JSON.createObjectNode().put("jsonrpc", "2.0").put("id", 1).put("method", "tools/call");
    ObjectNode arguments =
        call.putObject("params").put("name", "draw").putObject("arguments").put("seed", 5);
    arguments.put("prompt", "a red apple").put("n", 2);
    assertThat(
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(URI.create(platform.url() + "/mcp"))
                        .header("Authorization", "Bearer " + spender.key())
                        .header("Accept", "application/json, text/event-stream")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(call)))
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .body())
        .contains("image/png");
    // the tool does not tell; the same request does
    spender.said(admin.postJson("/v1/images/generations", image(2), 200).path("usage"), 2);
    spender.expectCounted();
  }

  @Test
  void responsesOfAllKinds() throws Exception {
    Spender spender = spender("responses");
    String model = admin.getJson("/v1/models").at("/data/0/id").asString();
    spender.said(spender.post("/v1/responses", response(model)).path("usage"), 0);
    List<JsonNode> events = spender.stream("/v1/responses", response(model));
    spender.said(events.get(events.size() - 1).at("/response/usage"), 0);
    ObjectNode drawing = response(model);
    drawing.putArray("tools").addObject().put("type", "image_generation");
    spender.said(spender.post("/v1/responses", drawing).path("usage"), 1);
    events = spender.stream("/v1/responses", drawing.deepCopy());
    spender.said(events.get(events.size() - 1).at("/response/usage"), 1);

    JsonNode queued = spender.post("/v1/responses", response(model).put("background", true));
    String address = "/v1/responses/" + queued.path("id").asString();
    JsonNode ended =
        await()
            .atMost(Spender.PATIENCE)
            .until(() -> spender.client.getJson(address), read -> read.path("usage").isObject());
    spender.said(ended.path("usage"), 0);
    events = spender.stream("/v1/responses", drawing.deepCopy().put("background", true));
    spender.said(events.get(events.size() - 1).at("/response/usage"), 1);
    spender.expectCounted();
  }

  private static ObjectNode response(String model) {
    return JSON.createObjectNode()
        .put("model", model)
        .put("input", "hello")
        .put("temperature", 0)
        .put("max_output_tokens", 5);
  }

  @Test
  void jobsAndBatches() throws Exception {
    Spender spender = spender("jobs");
    spender.said(spender.job("/v1/chat/completions", look()).at("/result/usage"), 0);
    spender.said(spender.job("/v1/images/generations", image(2)).at("/result/usage"), 2);
    assertThat(
            spender
                .job("/v1/chat/completions", chat("x").put("temperature", 99))
                .path("status")
                .asString())
        .isEqualTo("failed");

    String lines =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    "{\"custom_id\":\"%d\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":%s}"
                        .formatted(i, chat("hello " + i).put("temperature", i == 2 ? 99 : 0)))
            .collect(Collectors.joining("\n"));
    ObjectNode batch =
        JSON.createObjectNode()
            .put("input_file_id", spender.upload(lines))
            .put("endpoint", "/v1/chat/completions")
            .put("completion_window", "24h");
    String id = spender.post("/v1/batches", batch).path("id").asString();
    JsonNode ended =
        await()
            .atMost(Spender.PATIENCE)
            .until(
                () -> spender.client.getJson("/v1/batches/" + id),
                read -> read.path("status").asString("").equals("completed"));
    String output =
        new String(
            spender
                .client
                .get("/v1/files/" + ended.path("output_file_id").asString() + "/content")
                .body(),
            StandardCharsets.UTF_8);
    List<JsonNode> answers = output.lines().<JsonNode>map(JSON::readTree).toList();
    assertThat(answers).hasSize(3);
    answers.forEach(answer -> spender.said(answer.at("/response/body/usage"), 0));
    spender.expectCounted();
  }

  @Test
  void aTenantSeesItsOwnDay() throws Exception {
    Spender one = spender("one");
    Spender other = spender("other");
    one.said(one.post("/v1/chat/completions", chat("hello")).path("usage"), 0);
    one.expectCounted();
    JsonNode mine = one.client.getJson("/v1/usage");
    assertThat(mine.path("tenant").asString()).isEqualTo("one");
    assertThat(mine.path("day").asString()).isEqualTo(today());
    assertThat(Spender.usage(mine)).isEqualTo(one.said());
    assertThat(Spender.usage(other.client.getJson("/v1/usage?day=" + today())))
        .isEqualTo(Usage.NONE);
    assertThat(Spender.usage(one.client.getJson("/v1/usage?day=2020-02-29"))).isEqualTo(Usage.NONE);
    assertThat(one.client.get("/v1/usage?tenant=other").statusCode()).isEqualTo(400);
    assertThat(one.client.get("/admin/v1/usage").statusCode()).isEqualTo(403);
  }

  @Test
  void theCommandLineShowsATableOrCommaSeparatedValues() throws Exception {
    Spender spender = spender("command-line");
    for (int i = 0; i < 2; i++) {
      spender.said(spender.post("/v1/chat/completions", chat("hello")).path("usage"), 0);
    }
    spender.expectCounted();
    Usage said = spender.said();
    String numbers =
        "%d,%d,%d,%d,%d"
            .formatted(
                said.requests(),
                said.pictures(),
                said.inputTokens(),
                said.cachedTokens(),
                said.outputTokens());
    CommandRun csv = run("--tenant", "command-line", "--from", today(), "--to", today(), "--csv");
    assertThat(csv.out().lines())
        .containsExactly(
            "day,tenant,key,requests,pictures,input_tokens,cached_tokens,output_tokens",
            today() + ",command-line," + spender.keyId() + "," + numbers);
    CommandRun table = run("--group-by", "tenant");
    assertThat(table.out().lines().findFirst().orElseThrow())
        .matches("tenant +requests +pictures +input_tokens +cached_tokens +output_tokens");
    assertThat(table.out())
        .containsPattern("(?m)^command-line +" + numbers.replace(",", " +") + "$");
    CommandRun refused = new CommandRun();
    assertThat(refused.execute(arguments("--from", "2026-03-02", "--to", "2026-03-01")))
        .isEqualTo(1);
    assertThat(refused.err()).contains("400", "from (2026-03-02) must not lie after to");
    assertThat(new CommandRun().execute(arguments("--from", "2026-02-30"))).isEqualTo(2);
  }

  private static CommandRun run(String... options) {
    CommandRun run = new CommandRun();
    assertThat(run.execute(arguments(options))).as(run.err()).isZero();
    return run;
  }

  private static String[] arguments(String... options) {
    return Stream.concat(
            Stream.of(
                "usage",
                "--url",
                platform.url(),
                "--key-file",
                platform.keys().apiKeyFile().toString()),
            Stream.of(options))
        .toArray(String[]::new);
  }

  private static String today() {
    return LocalDate.now(ZoneOffset.UTC).toString();
  }
}
