package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.omnimamba.standalone.server.GatewayClient.chat;
import static org.omnimamba.standalone.server.GatewayClient.ids;
import static org.omnimamba.standalone.server.GatewayClient.image;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;
import org.omnimamba.standalone.cli.CommandRun;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The whole platform in one process, asked through the gateway over real HTTP: what the reference
 * generated comes back, directly and as jobs.
 */
class PlatformTest {
  private static final String CAPTION = "A bed in a bedroom between two lamps.";

  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  private static final Set<String> ADDRESSES =
      Set.of(
          "/v1/chat/completions",
          "/v1/images/generations",
          "/v1/images/files/{name}",
          "/v1/models",
          "/v1/models/{id}",
          "/v1/jobs",
          "/v1/jobs/{id}",
          "/v1/jobs/{id}/cancel",
          "/v1/jobs/{id}/content",
          "/v1/jobs/{id}/events",
          "/v1/jobs/{id}/redrive",
          "/v1/jobs/redrive",
          "/v1/webhook-endpoints",
          "/v1/webhook-endpoints/{id}",
          "/admin/v1/keys",
          "/admin/v1/keys/{id}");

  @TempDir static Path folder;
  private static OmniMambaHome home;
  private static Platform platform;
  private static GatewayClient client;

  @BeforeAll
  static void start() throws Exception {
    home = OmniMambaHome.at(folder.resolve("home"));
    platform =
        Platform.start(
            home,
            new StandaloneOptions(
                TinyModel.directory(),
                0,
                "127.0.0.1",
                Map.of("omnimamba.gateway.limits.tenants.mcp.requests-per-minute", 1)));
    Readiness.await(platform.inferenceReadinessUrl());
    client = new GatewayClient(platform.url(), platform.keys().apiKey());
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  @Test
  void aChatAboutAPictureGivesTheReferencesIds() throws Exception {
    JsonNode run = Golden.json("full-mmu-tiny").path("runs").get(0);
    JsonNode answer = client.postJson("/v1/chat/completions", question(run), 200);
    assertThat(ids(answer.path("choices").get(0).path("token_ids")))
        .isEqualTo(ids(run.path("generated")));
    assertThat(answer.path("choices").get(0).path("finish_reason").asString()).isEqualTo("stop");
  }

  @Test
  void aCaptionGivesTheReferencesIdsAndAPng() throws Exception {
    JsonNode answer = client.postJson("/v1/images/generations", image(CAPTION), 200);
    JsonNode datum = answer.path("data").get(0);
    assertThat(ids(datum.path("token_ids"))).isEqualTo(bedroomIds());
    assertIsPicture(Base64.getDecoder().decode(datum.path("b64_json").asString()));
  }

  /** Tests of the services check the same of the dashboards. */
  @Test
  void everyMeterThatAlertsAndAutoscalersAskForIsExported() throws Exception {
    client.postJson("/v1/images/generations", image(CAPTION), 200);
    Set<String> asked = new TreeSet<>();
    for (String template : List.of("prometheusrule.yaml", "autoscaling.yaml")) {
      Pattern.compile("omnimamba_[a-z0-9_]+(?=\\{)")
          .matcher(Files.readString(Path.of("../helm/omnimamba/templates", template)))
          .results()
          .forEach(meter -> asked.add(meter.group()));
    }
    assertThat(asked).hasSizeGreaterThan(6);
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> {
              StringBuilder exported = new StringBuilder();
              for (String url : platform.allMetricsUrls()) {
                exported.append(
                    HttpClient.newHttpClient()
                        .send(
                            HttpRequest.newBuilder(URI.create(url)).build(),
                            HttpResponse.BodyHandlers.ofString())
                        .body());
              }
              assertThat(asked)
                  .allSatisfy(meter -> assertThat(exported).contains("\n" + meter + "{"));
            });
  }

  @Test
  void aChatAsAJobGivesTheSame() throws Exception {
    JsonNode run = Golden.json("full-mmu-tiny").path("runs").get(2);
    JsonNode job = finished(submit("/v1/chat/completions", question(run)));
    assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("completed");
    assertThat(ids(job.path("result").path("choices").get(0).path("token_ids")))
        .isEqualTo(ids(run.path("generated")));
  }

  /** A job's body is the request as it is, so an answer of a fixed form is one there too. */
  @Test
  void aJobsAnswerHasItsFixedForm() throws Exception {
    JsonNode body =
        GatewayClient.JSON.readTree(
            """
            {"messages":[{"role":"user","content":"is it?"}],"temperature":2,
             "frequency_penalty":0.5,"logit_bias":{"40":-100},
             "response_format":{"type":"json_schema",
               "json_schema":{"name":"answer","schema":{"type":"boolean"}}}}
            """);
    JsonNode job = finished(submit("/v1/chat/completions", body));
    assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("completed");
    assertThat(job.at("/result/choices/0/message/content").asString()).isIn("true", "false");
  }

  @Test
  void anImageAsAJobGivesTheSameAndItsBytes() throws Exception {
    JsonNode job = finished(submit("/v1/images/generations", image(CAPTION)));
    assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("completed");
    assertThat(ids(job.path("result").path("data").get(0).path("token_ids")))
        .isEqualTo(bedroomIds());
    HttpResponse<byte[]> content = client.get("/v1/jobs/" + job.path("id").asString() + "/content");
    assertThat(content.statusCode()).isEqualTo(200);
    assertThat(content.headers().firstValue("content-type")).contains("image/png");
    assertIsPicture(content.body());
  }

  @Test
  void theModelIsListed() throws Exception {
    assertThat(client.getJson("/v1/models").path("data")).hasSize(1);
  }

  @Test
  void theCommandLineManagesKeys() throws Exception {
    String[] where = {"--url", platform.url(), "--key-file", keyFile()};
    CommandRun create = new CommandRun();
    assertThat(create.execute(with(where, "keys", "create", "ci", "--scope", "inference")))
        .as(create.err())
        .isZero();
    String key = create.out().strip();
    assertThat(key).startsWith("om_");
    String id = create.err().strip().replace("omnimamba: key ", "");
    GatewayClient made = new GatewayClient(platform.url(), key);
    assertThat(made.get("/v1/models").statusCode()).isEqualTo(200);
    assertThat(made.get("/v1/jobs").statusCode()).isEqualTo(403);

    CommandRun list = new CommandRun();
    assertThat(list.execute(with(where, "keys", "list"))).as(list.err()).isZero();
    assertThat(list.out())
        .containsPattern(id + "  " + key.substring(0, 11) + "[.]{3}  default  inference .* ci\n");

    CommandRun revoke = new CommandRun();
    assertThat(revoke.execute(with(where, "keys", "revoke", id))).as(revoke.err()).isZero();
    assertThat(made.get("/v1/models").statusCode()).isEqualTo(401);
    CommandRun unknown = new CommandRun();
    assertThat(unknown.execute(with(where, "keys", "revoke", "nobody"))).isEqualTo(1);
    assertThat(unknown.err()).contains("404", "no key with this id");
  }

  private static String keyFile() {
    return platform.keys().apiKeyFile().toString();
  }

  private static String[] with(String[] where, String... command) {
    return Stream.concat(Stream.of(command), Stream.of(where)).toArray(String[]::new);
  }

  @Test
  void anMcpClientDrawsAndLooks() throws Exception {
    try (McpSyncClient mcp = mcp(platform.keys().apiKey())) {
      mcp.initialize();
      assertThat(mcp.listTools().tools())
          .extracting(McpSchema.Tool::name)
          .containsExactlyInAnyOrder("draw", "look");
      McpSchema.CallToolResult drawn =
          call(mcp, "draw", Map.of("prompt", CAPTION, "seed", 7, "n", 2));
      assertThat(drawn.isError()).as(drawn.toString()).isFalse();
      assertThat(drawn.content()).hasSize(2);
      McpSchema.ImageContent picture = (McpSchema.ImageContent) drawn.content().get(0);
      assertThat(picture.mimeType()).isEqualTo("image/png");
      assertIsPicture(Base64.getDecoder().decode(picture.data()));
      String uri = "data:image/png;base64," + picture.data();
      String described = text(call(mcp, "look", Map.of("image", picture.data())));
      assertThat(described).isEqualTo(text(call(mcp, "look", Map.of("image", uri)))).isNotBlank();
      assertThat(call(mcp, "look", Map.of("image", uri, "question", "what?")).isError()).isFalse();

      assertThat(refusal(call(mcp, "draw", Map.of("prompt", "x", "size", "large"))))
          .contains("size");
      assertThat(refusal(call(mcp, "draw", Map.of("prompt", " ")))).contains("empty");
      assertThat(refusal(call(mcp, "draw", Map.of("n", 1)))).contains("prompt");
      assertThat(refusal(call(mcp, "look", Map.of("image", "AAAA")))).contains("picture");
    }
  }

  @Test
  void anMcpClientHasTheLimitsOfItsKey() throws Exception {
    String key =
        client
            .postJson(
                "/admin/v1/keys",
                GatewayClient.JSON.createObjectNode().put("name", "mcp").put("tenant", "mcp"),
                201)
            .path("key")
            .asString();
    try (McpSyncClient mcp = mcp(key)) {
      mcp.initialize();
      assertThat(call(mcp, "draw", Map.of("prompt", CAPTION)).isError()).isFalse();
      assertThat(refusal(call(mcp, "draw", Map.of("prompt", CAPTION))))
          .contains("limit")
          .contains("try again in");
    }
    JsonNode ping =
        GatewayClient.JSON
            .createObjectNode()
            .put("jsonrpc", "2.0")
            .put("id", 1)
            .put("method", "ping");
    GatewayClient stranger = new GatewayClient(platform.url(), "om_nobody");
    assertThat(stranger.post("/mcp", ping).statusCode()).isEqualTo(401);
    assertThat(client.get("/mcp").statusCode()).isEqualTo(405);
    assertThat(client.post("/mcp", GatewayClient.JSON.createObjectNode()).statusCode())
        .isEqualTo(400);
  }

  private static McpSyncClient mcp(String key) {
    return McpClient.sync(
            HttpClientStreamableHttpTransport.builder(platform.url())
                .endpoint("/mcp")
                .requestBuilder(HttpRequest.newBuilder().header("Authorization", "Bearer " + key))
                .build())
        .requestTimeout(Duration.ofMinutes(2))
        .build();
  }

  private static McpSchema.CallToolResult call(
      McpSyncClient mcp, String tool, Map<String, Object> arguments) {
    return mcp.callTool(new McpSchema.CallToolRequest(tool, arguments));
  }

  private static String refusal(McpSchema.CallToolResult result) {
    assertThat(result.isError()).as(result.toString()).isTrue();
    return text(result);
  }

  private static String text(McpSchema.CallToolResult result) {
    return ((McpSchema.TextContent) result.content().get(0)).text();
  }

  @Test
  void theGatewaysMetricsAreWhereItSays() throws Exception {
    HttpResponse<String> metrics =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(platform.metricsUrl())).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(metrics.statusCode()).isEqualTo(200);
    assertThat(metrics.body()).contains("omnimamba_gateway_replica_ready");
  }

  /** What is documented is let in, and what is let in is documented. */
  @Test
  void theDocumentAndTheGatewayKnowTheSameAddresses() throws Exception {
    // A service makes its part when it is first asked, which may take longer than the gateway
    // waits.
    JsonNode paths =
        await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> client.getJson("/v3/api-docs").path("paths"),
                known -> known.propertyNames().containsAll(ADDRESSES));
    HttpClient stranger = HttpClient.newHttpClient();
    for (Map.Entry<String, JsonNode> path : paths.properties()) {
      String address = platform.url() + path.getKey().replaceAll("\\{[^}]*}", "made-up");
      for (String method : path.getValue().propertyNames()) {
        if (METHODS.contains(method)) {
          HttpResponse<String> answer =
              stranger.send(
                  HttpRequest.newBuilder(URI.create(address))
                      .method(method.toUpperCase(Locale.ROOT), HttpRequest.BodyPublishers.noBody())
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
          assertThat(answer.body())
              .as("%s %s", method, path.getKey())
              .doesNotContain("unknown_url", "method_not_allowed");
        }
      }
    }
  }

  @Test
  void withoutAKeyNothingIsAnswered() throws Exception {
    GatewayClient stranger = new GatewayClient(platform.url(), "om_wrong");
    for (String path : List.of("/v1/models", "/v1/jobs", "/actuator/health", "/admin/v1/keys")) {
      assertThat(stranger.get(path).statusCode()).as(path).isIn(401, 404);
    }
  }

  @Test
  void theKeyIsForItsOwnerAlone() throws Exception {
    assertThat(Files.getPosixFilePermissions(platform.keys().apiKeyFile()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(LaptopKeys.load(home).apiKey()).isEqualTo(platform.keys().apiKey());
  }

  @Test
  void onlyTheGatewayAnswersStrangersOnItsServices() throws Exception {
    JsonNode refused =
        GatewayClient.JSON.readTree(
            new GatewayClient(platform.inferenceUrls().get(0), platform.keys().apiKey())
                .get("/v1/models")
                .body());
    assertThat(refused.path("error").path("message").asString()).isNotEmpty();
  }

  private static ObjectNode question(JsonNode run) throws Exception {
    return chat(
        OracleFiles.path(run.path("photo").asString()),
        run.path("question").asString(),
        run.path("max_new_tokens").intValue());
  }

  private static List<Integer> bedroomIds() {
    return ids(Golden.json("generate-tiny").path("t2i").get(0).path("generated").get(0));
  }

  private static String submit(String endpoint, JsonNode body) throws Exception {
    ObjectNode request = GatewayClient.JSON.createObjectNode().put("endpoint", endpoint);
    request.set("body", body);
    return client.postJson("/v1/jobs", request, 202).path("id").asString();
  }

  private static JsonNode finished(String id) {
    return await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> client.getJson("/v1/jobs/" + id),
            job -> !job.path("finished_at").isMissingNode() && !job.path("finished_at").isNull());
  }

  private static void assertIsPicture(byte[] png) throws Exception {
    var picture = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(picture).isNotNull();
    assertThat(picture.getWidth()).isEqualTo(64);
    assertThat(picture.getHeight()).isEqualTo(64);
  }
}
