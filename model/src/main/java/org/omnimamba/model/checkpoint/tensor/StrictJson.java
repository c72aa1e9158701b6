package org.omnimamba.model.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Parses small JSON files of a model directory: UTF-8, one object, no name twice. */
public final class StrictJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /**
   * Reads a file of at most {@code maxBytes}.
   *
   * @throws CheckpointException if it is missing, longer, or not one JSON object
   */
  public static JsonNode read(Path path, int maxBytes) {
    try (PositionalFile file = PositionalFile.open(path)) {
      if (file.size() > maxBytes) {
        throw new CheckpointException(
            "%s has %d bytes, allowed are %d".formatted(path, file.size(), maxBytes));
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      file.read(0, bytes);
      return object(path.toString(), bytes.flip());
    }
  }

  /**
   * @param what the file, as the error message calls it
   * @throws CheckpointException if the bytes are not one JSON object
   */
  public static JsonNode object(String what, ByteBuffer utf8) {
    JsonNode node;
    try {
      // decoded here, because the parser would also guess UTF-16 and UTF-32
      String text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
      node = MAPPER.readTree(text);
    } catch (CharacterCodingException e) {
      throw new CheckpointException("%s is not UTF-8".formatted(what), e);
    } catch (JacksonException e) {
      throw new CheckpointException(
          "%s is not valid JSON: %s".formatted(what, e.getOriginalMessage()), e);
    }
    if (!node.isObject()) {
      throw new CheckpointException("%s is not a JSON object".formatted(what));
    }
    return node;
  }
}
