package org.omnimamba.model.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import org.omnimamba.model.testing.OracleFiles;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Small encoded images and what Pillow makes of them. */
final class ImageFixtures {
  private static final JsonNode CASES =
      JsonMapper.shared().readTree(resource("pillow-rgb.json")).get("cases");

  private ImageFixtures() {}

  static List<String> names() {
    return List.copyOf(CASES.propertyNames());
  }

  static byte[] encoded(String name) {
    return resource(name);
  }

  /** Pillow's {@code Image.open(file).convert("RGB")}. */
  static RgbImage pillow(String name) {
    JsonNode node = CASES.get(name);
    return new RgbImage(
        node.get("width").asInt(),
        node.get("height").asInt(),
        Base64.getDecoder().decode(node.get("rgb").asString()));
  }

  static byte[] oracle(String fileName) {
    try {
      return Files.readAllBytes(OracleFiles.path(fileName));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] resource(String name) {
    try (InputStream in = ImageFixtures.class.getResourceAsStream("/images/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("no test image " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
