package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.omnimamba.inference.api.RequestBodyReader;
import org.omnimamba.inference.engine.EngineStatus;
import tools.jackson.databind.JsonNode;

/** Every bad request gets its intended status and error object, and leaves nothing behind. */
class BadInputTest {
  private static final TestServer SERVER = TestServer.shared();
  private static final String CHAT = "/v1/chat/completions";
  private static final String IMAGES = "/v1/images/generations";

  /** Signature and first chunk. */
  private static final int PNG_HEADER = 33;

  /** A request, and what must come of it. */
  private record Case(
      String name, HttpRequest request, int status, @Nullable String param, String code) {}

  @AfterAll
  static void nothingIsHeld() {
    EngineStatus status = SERVER.engine().status();
    assertThat(status.sequences()).isZero();
    assertThat(status.slotsInUse()).isZero();
    assertThat(status.outstandingTokens()).isZero();
    assertThat(SERVER.bean(RequestBodyReader.class).bytesInFlight()).isZero();
  }

  @TestFactory
  Stream<DynamicTest> eachGetsItsError() {
    return Stream.of(bodies(), chatFields(), messages(), pictures(), imageFields(), addresses())
        .flatMap(List::stream)
        .map(it -> DynamicTest.dynamicTest(it.name(), () -> check(it)));
  }

  private static void check(Case it) {
    HttpResponse<String> response = SERVER.send(it.request());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(it.status());
    JsonNode error = TestServer.json(response.body()).get("error");
    assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(error.get("message").stringValue())
        .isNotBlank()
        .doesNotContain("Exception", "tools.");
    assertThat(error.get("type").stringValue()).isEqualTo("invalid_request_error");
    assertThat(error.get("code").stringValue()).as(response.body()).isEqualTo(it.code());
    if (it.param() == null) {
      assertThat(error.get("param").isNull()).isTrue();
    } else {
      assertThat(error.get("param").stringValue()).isEqualTo(it.param());
    }
    assertThat(response.headers().firstValue("x-request-id")).isPresent();
  }

  private static List<Case> bodies() {
    String deep = "[".repeat(100) + "]".repeat(100);
    return List.of(
        chat("no body", "", 400, null, "invalid_json"),
        chat("half an object", "{\"messages\":", 400, null, "invalid_json"),
        chat("not JSON", "hello", 400, null, "invalid_json"),
        chat("an array", "[]", 400, null, "invalid_json"),
        chat("null", "null", 400, null, "invalid_json"),
        chat("two documents", "{} {}", 400, null, "invalid_json"),
        chat("a comment", "{/* */}", 400, null, "invalid_json"),
        chat("NaN", "{\"temperature\": NaN}", 400, null, "invalid_json"),
        chat("a key twice", "{\"seed\":1,\"seed\":2}", 400, null, "duplicate_key"),
        chat(
            "a key twice, deep",
            "{\"metadata\":{\"a\":{\"b\":1,\"b\":2}}}",
            400,
            null,
            "duplicate_key"),
        chat("too deep", "{\"metadata\":" + deep + "}", 400, null, "json_limit_exceeded"),
        chat(
            "a number of a thousand digits",
            "{\"seed\":" + "9".repeat(1000) + "}",
            400,
            null,
            "json_limit_exceeded"),
        chat(
            "invalid UTF-8",
            new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'},
            "invalid_json"),
        new Case(
            "no content type",
            SERVER.request(CHAT).POST(BodyPublishers.ofString("{}")).build(),
            415,
            null,
            "unsupported_media_type"),
        new Case(
            "a form",
            SERVER
                .request(CHAT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("a=b"))
                .build(),
            415,
            null,
            "unsupported_media_type"),
        new Case(
            "too long, announced",
            SERVER.post(CHAT, BodyPublishers.ofByteArray(new byte[33 << 20])),
            413,
            null,
            "body_too_large"),
        new Case(
            "too long, chunked",
            SERVER.post(
                CHAT,
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[33 << 20]))),
            413,
            null,
            "body_too_large"));
  }

  private static List<Case> chatFields() {
    return List.of(
        field("\"model\":\"gpt-5\"", 404, "model", "model_not_found"),
        field("\"model\":7", 400, "model", "invalid_type"),
        field("\"temperature\":\"hot\"", 400, "temperature", "invalid_type"),
        field("\"temperature\":\"1\"", 400, "temperature", "invalid_type"),
        field("\"temperature\":-0.1", 400, "temperature", "invalid_value"),
        field("\"temperature\":2.1", 400, "temperature", "invalid_value"),
        field("\"temperature\":1e400", 400, "temperature", "invalid_value"),
        field("\"top_p\":1.5", 400, "top_p", "invalid_value"),
        field("\"top_k\":-2", 400, "top_k", "invalid_value"),
        field("\"top_k\":1.5", 400, "top_k", "invalid_type"),
        field("\"min_p\":-1", 400, "min_p", "invalid_value"),
        field("\"repetition_penalty\":0", 400, "repetition_penalty", "invalid_value"),
        field("\"seed\":99999999999999999999", 400, "seed", "invalid_type"),
        field("\"max_tokens\":0", 400, "max_tokens", "invalid_value"),
        field("\"max_tokens\":3000000000", 400, "max_tokens", "invalid_type"),
        field("\"max_completion_tokens\":-1", 400, "max_completion_tokens", "invalid_value"),
        field("\"n\":0", 400, "n", "invalid_value"),
        field("\"n\":100", 400, "n", "invalid_value"),
        field("\"stop\":[]", 400, "stop", "invalid_value"),
        field("\"stop\":\"\"", 400, "stop", "invalid_value"),
        field("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", 400, "stop", "invalid_value"),
        field("\"stop\":[1]", 400, "stop", "invalid_value"),
        field("\"stream\":\"yes\"", 400, "stream", "invalid_type"),
        field("\"stream_options\":{}", 400, "stream_options", "invalid_value"),
        field("\"top_logprobs\":3", 400, "top_logprobs", "invalid_value"),
        field("\"logprobs\":true,\"top_logprobs\":21", 400, "top_logprobs", "invalid_value"),
        field("\"truncation\":\"middle\"", 400, "truncation", "invalid_value"),
        field("\"frequency_penalty\":0.5", 400, "frequency_penalty", "unsupported_parameter"),
        field("\"logit_bias\":{\"5\":3}", 400, "logit_bias", "unsupported_parameter"),
        field("\"tools\":[{}]", 400, "tools", "unsupported_parameter"),
        field(
            "\"response_format\":{\"type\":\"json_object\"}",
            400,
            "response_format",
            "unsupported_parameter"),
        field("\"beams\":4", 400, "beams", "unsupported_parameter"));
  }

  private static List<Case> messages() {
    String user = "{\"role\":\"user\",\"content\":\"Hi\"}";
    return List.of(
        chat("no messages", "{}", 400, "messages", "missing_required_parameter"),
        conversation("", "messages", "empty_array"),
        conversation("null", "messages[0]", "invalid_value"),
        conversation("7", "messages[0]", "invalid_type"),
        conversation("{\"role\":\"user\"}", "messages[0].content", "missing_required_parameter"),
        conversation("{\"role\":\"user\",\"content\":5}", "messages[0].content", "invalid_type"),
        conversation(
            "{\"role\":\"user\",\"content\":\" \\n \"}", "messages[0].content", "empty_prompt"),
        conversation("{\"role\":\"user\",\"content\":[]}", "messages[0].content", "empty_prompt"),
        conversation(
            "{\"role\":\"user\",\"content\":[{\"type\":\"audio\"}]}",
            "messages[0].content[0].type",
            "invalid_value"),
        conversation(
            "{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}",
            "messages[0].content[0].type",
            "invalid_type"),
        conversation(
            "{\"role\":\"wizard\",\"content\":\"x\"}", "messages[0].role", "invalid_value"),
        conversation(
            "{\"role\":\"assistant\",\"content\":\"x\"}", "messages[0].role", "invalid_value"),
        conversation(user + "," + user, "messages[1].role", "invalid_value"),
        conversation(
            user + ",{\"role\":\"assistant\",\"content\":\"x\"}", "messages", "invalid_value"),
        conversation(
            user + ",{\"role\":\"system\",\"content\":\"x\"}", "messages[1].role", "invalid_value"),
        conversation(
            "{\"role\":\"user\",\"content\":\"x\",\"tool_calls\":[{}]}",
            "messages[0].tool_calls",
            "unsupported_parameter"),
        conversation(
            String.join(",", java.util.Collections.nCopies(65, user)),
            "messages",
            "array_too_long"),
        conversation(
            "{\"role\":\"user\",\"content\":\"" + "a".repeat(40_000) + "\"}",
            "messages",
            "string_too_long"),
        conversation(
            "{\"role\":\"user\",\"content\":\"" + "? ".repeat(8_000) + "\"}",
            "messages",
            "context_length_exceeded"));
  }

  private static List<Case> pictures() {
    byte[] png = Photos.small();
    byte[] zeroSized = withSize(png, 0, 40);
    byte[] twentyMegapixels = Arrays.copyOf(withSize(png, 5000, 4000), PNG_HEADER);
    byte[] bomb = withSize(png, 16_000, 16_000);
    String second = "," + picture(dataUri(png));
    return List.of(
        pictured("remote", picture("https://example.org/a.png"), "unsupported_image_url"),
        pictured("a file", picture("file:///etc/passwd"), "unsupported_image_url"),
        pictured("no base64", picture("data:image/png,abc"), "invalid_data_uri"),
        pictured("text", picture("data:text/plain;base64,aGk="), "invalid_data_uri"),
        pictured("bad base64", picture("data:image/png;base64,$$$$"), "invalid_base64"),
        pictured("nothing", picture("data:image/png;base64,"), "image_not_an_image"),
        pictured(
            "not an image",
            picture(dataUri("hello, world".getBytes(StandardCharsets.UTF_8))),
            "image_not_an_image"),
        pictured(
            "cut off", picture(dataUri(Arrays.copyOf(png, png.length / 2))), "image_truncated"),
        pictured("zero-sized", picture(dataUri(zeroSized)), "image_zero_sized"),
        pictured("a header alone", picture(dataUri(twentyMegapixels)), "image_truncated"),
        pictured("a bomb", picture(dataUri(bomb)), "image_too_many_pixels"),
        pictured("too long", picture(dataUri(new byte[21 << 20])), "image_too_many_bytes"),
        new Case(
            "picture: two",
            SERVER.post(CHAT, withParts(picture(dataUri(png)) + second)),
            400,
            "messages[0].content[2].image_url",
            "too_many_images"),
        new Case(
            "picture: a string for an object",
            SERVER.post(CHAT, withParts("{\"type\":\"image_url\",\"image_url\":\"x\"}")),
            400,
            "messages[0].content[1].image_url",
            "invalid_type"));
  }

  private static List<Case> imageFields() {
    return List.of(
        image("{}", 400, "prompt", "missing_required_parameter"),
        image("{\"prompt\":\"\"}", 400, "prompt", "empty_prompt"),
        image("{\"prompt\":\"  \"}", 400, "prompt", "empty_prompt"),
        image("{\"prompt\":[\"a\"]}", 400, "prompt", "invalid_type"),
        image("{\"prompt\":\"" + "a".repeat(40_000) + "\"}", 400, "prompt", "string_too_long"),
        image(
            "{\"prompt\":\"" + "? ".repeat(300) + "\"}", 400, "prompt", "context_length_exceeded"),
        image("{\"prompt\":\"x\",\"model\":\"dall-e-3\"}", 404, "model", "model_not_found"),
        image("{\"prompt\":\"x\",\"size\":\"1024x1024\"}", 400, "size", "invalid_value"),
        image("{\"prompt\":\"x\",\"n\":11}", 400, "n", "invalid_value"),
        image("{\"prompt\":\"x\",\"n\":\"2\"}", 400, "n", "invalid_type"),
        image(
            "{\"prompt\":\"x\",\"response_format\":\"url\"}",
            400,
            "response_format",
            "invalid_value"),
        image(
            "{\"prompt\":\"x\",\"output_format\":\"webp\"}", 400, "output_format", "invalid_value"),
        image(
            "{\"prompt\":\"x\",\"output_compression\":50}",
            400,
            "output_compression",
            "invalid_value"),
        image("{\"prompt\":\"x\",\"partial_images\":2}", 400, "partial_images", "invalid_value"),
        image(
            "{\"prompt\":\"x\",\"stream\":true,\"partial_images\":4}",
            400,
            "partial_images",
            "invalid_value"),
        image("{\"prompt\":\"x\",\"quality\":\"hd\"}", 400, "quality", "unsupported_parameter"),
        image("{\"prompt\":\"x\",\"style\":\"vivid\"}", 400, "style", "unsupported_parameter"),
        image(
            "{\"prompt\":\"x\",\"background\":\"transparent\"}",
            400,
            "background",
            "unsupported_parameter"));
  }

  private static List<Case> addresses() {
    return List.of(
        new Case(
            "an unknown address",
            SERVER.request("/v1/embeddings").GET().build(),
            404,
            null,
            "unknown_url"),
        new Case(
            "the wrong method",
            SERVER.request(CHAT).GET().build(),
            405,
            null,
            "method_not_allowed"),
        new Case(
            "an unknown model",
            SERVER.request("/v1/models/other").GET().build(),
            404,
            "model",
            "model_not_found"),
        new Case(
            "no token",
            HttpRequest.newBuilder(SERVER.uri("/v1/models")).GET().build(),
            401,
            null,
            "invalid_internal_token"),
        new Case(
            "a wrong token",
            HttpRequest.newBuilder(SERVER.uri("/v1/models"))
                .header("X-OmniMamba-Internal-Token", TestServer.TOKEN + "x")
                .GET()
                .build(),
            401,
            null,
            "invalid_internal_token"));
  }

  @Test
  void harmlessFieldsAreIgnored() {
    SERVER.ok(
        CHAT,
        """
        {"model":"%s","messages":[{"role":"user","content":"Hi","name":"ann"}],"max_tokens":2,
         "user":"u1","metadata":{"a":"b"},"store":true,"frequency_penalty":0,"presence_penalty":0.0,
         "logit_bias":{},"tools":[],"tool_choice":"none","response_format":{"type":"text"},
         "service_tier":"auto","modalities":["text"],"safety_identifier":"x","beams":null,
         "temperature":null,"stop":null,"stream":null,"stream_options":null}
        """
            .formatted(TestServer.MODEL));
    SERVER.ok(
        IMAGES,
        """
        {"model":"%s","prompt":"x","user":"u1","quality":"auto","background":"auto",
         "moderation":"low","size":"auto","n":null,"style":null}
        """
            .formatted(TestServer.MODEL));
  }

  private static Case chat(
      String name, String json, int status, @Nullable String param, String code) {
    return new Case("body: " + name, SERVER.post(CHAT, json), status, param, code);
  }

  private static Case chat(String name, byte[] body, String code) {
    HttpRequest request = SERVER.post(CHAT, BodyPublishers.ofByteArray(body));
    return new Case("body: " + name, request, 400, null, code);
  }

  private static Case field(String field, int status, String param, String code) {
    String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]," + field + "}";
    return new Case("field: " + field, SERVER.post(CHAT, body), status, param, code);
  }

  private static Case conversation(String messages, String param, String code) {
    String name = "messages: " + messages.substring(0, Math.min(messages.length(), 60));
    String body = "{\"messages\":[" + messages + "]}";
    return new Case(name, SERVER.post(CHAT, body), 400, param, code);
  }

  private static Case pictured(String name, String part, String code) {
    return new Case(
        "picture: " + name,
        SERVER.post(CHAT, withParts(part)),
        400,
        "messages[0].content[1].image_url.url",
        code);
  }

  private static Case image(String body, int status, String param, String code) {
    String name = "image: " + body.substring(0, Math.min(body.length(), 60));
    return new Case(name, SERVER.post(IMAGES, body), status, param, code);
  }

  private static String withParts(String parts) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"},"
        + parts
        + "]}]}";
  }

  private static String picture(String url) {
    return "{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + url + "\"}}";
  }

  private static String dataUri(byte[] bytes) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes);
  }

  /** The PNG with another size in its header, and the header's checksum right. */
  private static byte[] withSize(byte[] png, int width, int height) {
    byte[] changed = png.clone();
    putInt(changed, 16, width);
    putInt(changed, 20, height);
    CRC32 checksum = new CRC32();
    checksum.update(changed, 12, 17);
    putInt(changed, 29, (int) checksum.getValue());
    return changed;
  }

  private static void putInt(byte[] bytes, int at, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (value >>> (24 - 8 * i));
    }
  }
}
