package org.omnimamba.inference.http;

import static org.omnimamba.inference.http.BadRequest.CHAT;
import static org.omnimamba.inference.http.BadRequest.SERVER;
import static org.omnimamba.inference.http.BadRequest.chat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Bodies that cannot be read, and addresses that are not there. */
class BadBodiesTest {
  @AfterAll
  static void nothingIsHeld() {
    BadRequest.assertNothingIsHeld();
  }

  @TestFactory
  Stream<DynamicTest> eachGetsItsError() {
    return BadRequest.tests(Stream.of(bodies(), addresses()).flatMap(List::stream).toList());
  }

  private static List<BadRequest> bodies() {
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
        bytes(
            "invalid UTF-8",
            new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'},
            "invalid_json"),
        new BadRequest(
            "no content type",
            SERVER.request(CHAT).POST(BodyPublishers.ofString("{}")).build(),
            415,
            null,
            "unsupported_media_type"),
        new BadRequest(
            "a form",
            SERVER
                .request(CHAT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("a=b"))
                .build(),
            415,
            null,
            "unsupported_media_type"),
        new BadRequest(
            "too long, announced",
            SERVER.post(CHAT, BodyPublishers.ofByteArray(new byte[33 << 20])),
            413,
            null,
            "body_too_large"),
        new BadRequest(
            "too long, chunked",
            SERVER.post(
                CHAT,
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[33 << 20]))),
            413,
            null,
            "body_too_large"));
  }

  private static List<BadRequest> addresses() {
    return List.of(
        new BadRequest(
            "an unknown address",
            SERVER.request("/v1/embeddings").GET().build(),
            404,
            null,
            "unknown_url"),
        new BadRequest(
            "the wrong method",
            SERVER.request(CHAT).GET().build(),
            405,
            null,
            "method_not_allowed"),
        new BadRequest(
            "an unknown model",
            SERVER.request("/v1/models/other").GET().build(),
            404,
            "model",
            "model_not_found"),
        new BadRequest(
            "no token",
            HttpRequest.newBuilder(SERVER.uri("/v1/models")).GET().build(),
            401,
            null,
            "invalid_internal_token"),
        new BadRequest(
            "a wrong token",
            HttpRequest.newBuilder(SERVER.uri("/v1/models"))
                .header("X-OmniMamba-Internal-Token", TestServer.TOKEN + "x")
                .GET()
                .build(),
            401,
            null,
            "invalid_internal_token"));
  }

  private static BadRequest bytes(String name, byte[] body, String code) {
    HttpRequest request = SERVER.post(CHAT, BodyPublishers.ofByteArray(body));
    return new BadRequest("body: " + name, request, 400, null, code);
  }
}
