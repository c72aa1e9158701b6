package org.omnimamba.training.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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
    each(file, type, records::add);
    return records;
  }

  /**
   * {@link #read} that keeps nothing in memory.
   *
   * @param taker gets one object after the other
   */
  public static <T> void each(Path file, Class<T> type, Consumer<T> taker) {
    int line = 0;
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        if (!text.isBlank()) {
          taker.accept(parse(file, line, text, type));
        }
      }
    } catch (IOException e) {
      throw new InvalidDataException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static <T> T parse(Path file, int line, String text, Class<T> type) {
    try {
      return MAPPER.readValue(text, type);
    } catch (JacksonException e) {
      throw new InvalidDataException(
          "%s, line %d: %s".formatted(file, line, e.getOriginalMessage()), e);
    }
  }

  /** Writes one object a line. The file appears whole or not at all. */
  public static void write(Path file, Iterable<?> records) throws IOException {
    try (WholeFile whole = WholeFile.at(file)) {
      for (Object each : records) {
        whole.line(line(each));
      }
      whole.complete();
    }
  }

  /** One object as a line of such a file. */
  public static String line(Object value) {
    return MAPPER.writeValueAsString(value);
  }
}
