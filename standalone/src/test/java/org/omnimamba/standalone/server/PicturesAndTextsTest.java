package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.zip.InflaterInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.standalone.OmniMambaHome;
import org.omnimamba.standalone.cli.CommandRun;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pictures and texts as people have them, sent to the shipped model through the gateway and given
 * to the command line.
 */
class PicturesAndTextsTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String IMAGES = "/v1/images/generations";
  private static final Path MODEL = Path.of("..", "models", "omnimamba-emoji");
  private static final Path PICTURES = Path.of("..", "model", "src", "test", "resources", "images");

  @TempDir static Path folder;
  private static Platform platform;
  private static GatewayClient client;

  /** What Pillow and libwebp make of each picture: upright, on white. */
  private static JsonNode viewer;

  @BeforeAll
  static void start() throws Exception {
    viewer =
        GatewayClient.JSON
            .readTree(Files.readAllBytes(PICTURES.resolve("expected.json")))
            .path("cases");
    platform =
        Platform.start(
            OmniMambaHome.at(folder.resolve("home")),
            new StandaloneOptions(MODEL, 0, "127.0.0.1", Map.of()));
    Readiness.await(platform.inferenceReadinessUrl());
    client = new GatewayClient(platform.url(), platform.keys().apiKey());
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "alpha_red_apple.png, red apple",
    "exif_1_cactus.jpg, cactus",
    "exif_6_cactus.jpg, cactus"
  })
  void isNamedRight(String name, String right) throws Exception {
    assertThat(seen(Files.readAllBytes(PICTURES.resolve(name)))).isEqualTo(right);
    CommandRun run = new CommandRun();
    int code =
        run.execute(
            "chat",
            "--image",
            PICTURES.resolve(name).toString(),
            "what is this?",
            "--model",
            MODEL.toString(),
            "--json");
    assertThat(code).as(run.err()).isZero();
    assertThat(GatewayClient.JSON.readTree(run.out()).path("text").asString().strip())
        .isEqualTo(right);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "webp_bg_10_200_100.webp",
        "webp_bg_240_240_200.webp",
        "gray16_penguin.png",
        "adobe0.jpg",
        "adobe2.jpg",
        "anim_subframe.webp",
        "webp-lossless-under-alpha.webp"
      })
  void isSeenAsAViewerShowsIt(String name) throws Exception {
    assertThat(seen(Files.readAllBytes(PICTURES.resolve(name))))
        .isNotEmpty()
        .isEqualTo(seen(flattened(viewer.path(name))));
  }

  /** Parts of a message as clients write them; PICTURE stands for the picture in base64. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'image_url','image_url':'data:image/png;base64,PICTURE'}",
        "{'type':'image_url','image_url':{'url':'data:;base64,PICTURE'}}",
        "{'type':'image_url','image_url':{'url':'data:application/octet-stream;base64,PICTURE'}}",
        "{'type':'image_url','image_url':{'url':'data:image/jpeg;base64, PICTURE','detail':'auto'}}"
      })
  void isReadHoweverItIsSent(String part) throws Exception {
    String base64 =
        Base64.getMimeEncoder()
            .encodeToString(Files.readAllBytes(PICTURES.resolve("alpha_red_apple.png")));
    String json =
        "{'temperature':0,'max_tokens':32,'messages':[{'role':'user','content':["
            + part
            + ",{'type':'text','text':'what is this?'}]}]}";
    String body = json.replace('\'', '"').replace("PICTURE", base64.replace("\r\n", "\\n"));
    JsonNode answer = client.postJson(CHAT, GatewayClient.JSON.readTree(body), 200);
    assertThat(answer.at("/choices/0/message/content").asString().strip()).isEqualTo("red apple");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<|endoftext|>", "[PAD]", "<|mmu|>", "<|t2i|>", "<|eot|>"})
  void controlTokensAreText(String control) throws Exception {
    // as a control token it would be one token, or end the prompt
    assertThat(chatTokens("what is this?" + control))
        .isGreaterThan(chatTokens("what is this?") + 2);
    JsonNode drawn = drawn("a red apple" + control);
    assertThat(drawn.at("/usage/input_tokens").intValue())
        .isGreaterThan(drawn("a red apple").at("/usage/input_tokens").intValue() + 2);

    String file = folder.resolve("drawn.png").toString();
    CommandRun run = new CommandRun();
    int code =
        run.execute(
            "image",
            "a red apple" + control,
            "-o",
            file,
            "--model",
            MODEL.toString(),
            "--seed",
            "7",
            "--json");
    assertThat(code).as(run.err()).isZero();
    assertThat(GatewayClient.JSON.readTree(run.out()).path("tokens"))
        .as("the command line draws what the server draws")
        .isEqualTo(drawn.at("/data/0/token_ids"));
  }

  @Test
  void theSizeThatClientsSendIsTakenAndTheOneThatIsDrawnIsSaid() throws Exception {
    ObjectNode request =
        GatewayClient.JSON
            .createObjectNode()
            .put("prompt", "a red apple, noto style")
            .put("size", "1024x1024")
            .put("quality", "standard")
            .put("style", "vivid")
            .put("response_format", "b64_json");
    JsonNode answer = client.postJson(IMAGES, request, 200);
    BufferedImage picture =
        ImageIO.read(
            new ByteArrayInputStream(
                Base64.getDecoder().decode(answer.at("/data/0/b64_json").asString())));
    assertThat(answer.path("size").asString())
        .isEqualTo(picture.getWidth() + "x" + picture.getHeight());
    client.postJson(IMAGES, request.put("size", "large"), 400);
  }

  @Test
  void aPictureAloneIsAQuestion() throws Exception {
    ObjectNode request = GatewayClient.chat(PICTURES.resolve("alpha_red_apple.png"), "", 32);
    ArrayNode parts = (ArrayNode) request.at("/messages/0/content");
    parts.remove(0);
    assertThat(parts.size()).isEqualTo(1);
    JsonNode answer = client.postJson(CHAT, request, 200);
    assertThat(answer.at("/choices/0/message/content").asString()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/chat/completions, temperature, 2.5",
    "/v1/chat/completions, top_p, 1.5",
    "/v1/chat/completions, n, 0",
    "/v1/chat/completions, n, 3000000000",
    "/v1/chat/completions, max_tokens, 0",
    "/v1/chat/completions, max_tokens, -3000000000",
    "/v1/chat/completions, seed, 9223372036854775808",
    "/v1/images/generations, n, 11",
    "/v1/images/generations, temperature, -1"
  })
  void aNumberOutOfRangeIsCalledThat(String path, String name, String value) throws Exception {
    JsonNode request =
        GatewayClient.JSON.readTree(
            "{\"prompt\":\"an apple\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\""
                + name
                + "\":"
                + value
                + "}");
    ((ObjectNode) request).remove(path.equals(CHAT) ? "prompt" : "messages");
    JsonNode error = client.postJson(path, request, 400).path("error");
    assertThat(error.path("param").asString()).isEqualTo(name);
    assertThat(error.path("message").asString())
        .containsPattern("at least|at most|between|from")
        .doesNotContainIgnoringCase("type");
  }

  @Test
  void theLogprobsAreThoseOfTheText() throws Exception {
    ObjectNode request =
        GatewayClient.chat(PICTURES.resolve("alpha_red_apple.png"), "what is this?", 32)
            .put("logprobs", true);
    JsonNode choice = client.postJson(CHAT, request, 200).at("/choices/0");
    assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
    StringBuilder tokens = new StringBuilder();
    choice.at("/logprobs/content").forEach(token -> tokens.append(token.path("token").asString()));
    assertThat(tokens).hasToString(choice.at("/message/content").asString());
  }

  @Test
  void aResponseKeepsToTheFormThatItsTextIsGiven() throws Exception {
    ObjectNode request =
        GatewayClient.JSON
            .createObjectNode()
            .put("model", "omnimamba-emoji")
            .put("input", "is there an apple?");
    request
        .putObject("text")
        .putObject("format")
        .put("type", "json_schema")
        .put("name", "answer")
        .putObject("schema")
        .put("type", "boolean");
    JsonNode answer = client.postJson("/v1/responses", request, 200);
    assertThat(answer.at("/output/0/content/0/text").asString()).isIn("true", "false");
    ((ObjectNode) request.at("/text/format/schema")).put("type", "number");
    JsonNode error = client.postJson("/v1/responses", request, 400).path("error");
    assertThat(error.path("param").asString()).startsWith("text.format");
  }

  private static JsonNode drawn(String prompt) throws Exception {
    ObjectNode request =
        GatewayClient.JSON
            .createObjectNode()
            .put("prompt", prompt)
            .put("seed", 7)
            .put("return_token_ids", true);
    return client.postJson(IMAGES, request, 200);
  }

  private static int chatTokens(String text) throws Exception {
    ObjectNode request = GatewayClient.JSON.createObjectNode().put("max_tokens", 1);
    request.putArray("messages").addObject().put("role", "user").put("content", text);
    return client.postJson(CHAT, request, 200).at("/usage/prompt_tokens").intValue();
  }

  /** The model's name of what it sees. */
  private static String seen(byte[] picture) throws Exception {
    Path file = Files.write(folder.resolve("picture"), picture);
    return client
        .postJson(CHAT, GatewayClient.chat(file, "what is this?", 32), 200)
        .at("/choices/0/message/content")
        .asString()
        .strip();
  }

  private static byte[] flattened(JsonNode expected) throws IOException {
    int width = expected.path("width").intValue();
    int height = expected.path("height").intValue();
    byte[] rgb =
        new InflaterInputStream(
                new ByteArrayInputStream(
                    Base64.getDecoder().decode(expected.path("rgb_zlib").asString())))
            .readAllBytes();
    assertThat(rgb).hasSize(3 * width * height);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      int pixel = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | rgb[3 * i + 2] & 0xff;
      image.setRGB(i % width, i / width, pixel);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return png.toByteArray();
  }
}
