package org.omnimamba.training.data;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** Files of one JSON object a line. */
public final class JsonLines {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private JsonLines() {}

  /**
   * Reads all lines; empty ones are passed over.
   *
   * @throws InvalidDataException if the file cannot be read or a line is not such an object; the
   *     message names the line
   */
  public static <T> List<T> read(Path file, Class<T> type) {
    List<T> records = new ArrayList<>();
    int line = 0;
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        if (!text.isBlank()) {
          records.add(MAPPER.readValue(text, type));
        }
      }
    } catch (IOException e) {
      throw new InvalidDataException("cannot read " + file + ": " + e.getMessage(), e);
    } catch (JacksonException e) {
      throw new InvalidDataException(
          "%s, line %d: %s".formatted(file, line, e.getOriginalMessage()), e);
    }
    return records;
  }

  /** Writes one object a line. */
  public static void write(Path file, Iterable<?> records) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      for (Object each : records) {
        writer.write(MAPPER.writeValueAsString(each));
        writer.write('\n');
      }
    }
  }
}
