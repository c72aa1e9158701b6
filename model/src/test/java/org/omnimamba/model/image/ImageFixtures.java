package org.omnimamba.model.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.zip.InflaterInputStream;
import org.omnimamba.model.testing.OracleFiles;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Small encoded images and what a viewer shows of them on white; {@code make-fixtures.py} beside
 * them says how both were made.
 */
final class ImageFixtures {
  private static final JsonNode CASES =
      JsonMapper.shared().readTree(resource("expected.json")).get("cases");

  private ImageFixtures() {}

  static List<String> names() {
    return List.copyOf(CASES.propertyNames());
  }

  static byte[] encoded(String name) {
    return resource(name);
  }

  /** The picture, upright and on white. */
  static RgbImage viewed(String name) {
    JsonNode node = CASES.get(name);
    byte[] compressed = Base64.getDecoder().decode(node.get("rgb_zlib").asString());
    try (InputStream rgb = new InflaterInputStream(new ByteArrayInputStream(compressed))) {
      return new RgbImage(
          node.get("width").asInt(), node.get("height").asInt(), rgb.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
