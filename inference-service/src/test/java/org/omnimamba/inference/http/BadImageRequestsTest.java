package org.omnimamba.inference.http;

import static org.omnimamba.inference.http.BadRequest.IMAGES;
import static org.omnimamba.inference.http.BadRequest.SERVER;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Image requests with a wrong field. */
class BadImageRequestsTest {
  @AfterAll
  static void nothingIsHeld() {
    BadRequest.assertNothingIsHeld();
  }

  @TestFactory
  Stream<DynamicTest> eachGetsItsError() {
    return BadRequest.tests(imageFields());
  }

  private static List<BadRequest> imageFields() {
    return List.of(
        image("{}", 400, "prompt", "missing_required_parameter"),
        image("{\"prompt\":\"\"}", 400, "prompt", "empty_prompt"),
        image("{\"prompt\":\"  \"}", 400, "prompt", "empty_prompt"),
        image("{\"prompt\":[\"a\"]}", 400, "prompt", "invalid_type"),
        image("{\"prompt\":\"" + "a".repeat(40_000) + "\"}", 400, "prompt", "string_too_long"),
        image(
            "{\"prompt\":\"" + "? ".repeat(300) + "\"}", 400, "prompt", "context_length_exceeded"),
        image("{\"prompt\":\"x\",\"model\":\"dall-e-3\"}", 404, "model", "model_not_found"),
        image("{\"prompt\":\"x\",\"size\":\"1024\"}", 400, "size", "invalid_value"),
        image("{\"prompt\":\"x\",\"size\":\"1024*1024\"}", 400, "size", "invalid_value"),
        image("{\"prompt\":\"x\",\"size\":\"65x64\"}", 400, "size", "invalid_value"),
        image("{\"prompt\":\"x\",\"size\":\"\"}", 400, "size", "invalid_value"),
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
        image("{\"prompt\":\"x\",\"quality\":1}", 400, "quality", "invalid_type"),
        image("{\"prompt\":\"x\",\"style\":[\"vivid\"]}", 400, "style", "invalid_type"),
        image(
            "{\"prompt\":\"x\",\"input_fidelity\":\"high\"}",
            400,
            "input_fidelity",
            "unsupported_parameter"),
        image("{\"prompt\":\"x\",\"n\":99999999999}", 400, "n", "invalid_value"),
        image(
            "{\"prompt\":\"x\",\"output_format\":\"jpeg\",\"output_compression\":101}",
            400,
            "output_compression",
            "invalid_value"),
        image("{\"prompt\":\"a \\ud83d cat\"}", 400, "prompt", "invalid_value"),
        image("{\"prompt\":\"x\",\"style\":\"\\ud83d\"}", 400, "style", "invalid_value"),
        image(
            "{\"prompt\":\"x\",\"background\":\"transparent\"}",
            400,
            "background",
            "unsupported_parameter"));
  }

  private static BadRequest image(String body, int status, String param, String code) {
    String name = "image: " + body.substring(0, Math.min(body.length(), 60));
    return new BadRequest(name, SERVER.post(IMAGES, body), status, param, code);
  }
}
