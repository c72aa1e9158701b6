package org.omnimamba.evaluation.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The entries of large JSON files, one after the other. */
final class JsonEntries {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private JsonEntries() {}

  /** Takes one entry. */
  interface Taker {
    /**
     * @param where file and line, or file and key
     * @param key of an entry of an object; its line or number otherwise
     */
    void take(String where, String key, JsonNode entry) throws IOException;
  }

  /**
   * One JSON object a line; a line that is none is a fault.
   *
   * @throws UnusableDataException if the file cannot be read at all
   */
  static void lines(Path file, QuestionCollector into, Taker taker) throws IOException {
    int number = 0;
    try (BufferedReader reader = Utf8.open(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        String where = file.getFileName() + ", line " + number;
        if (Utf8.isDamaged(line)) {
          into.fault(Fault.Kind.WRONG_ENCODING, where, "it has bytes that are not UTF-8");
          continue;
        }
        JsonNode entry;
        try {
          entry = MAPPER.readTree(line);
        } catch (JacksonException e) {
          into.fault(Fault.Kind.MALFORMED_ENTRY, where, "it is no JSON: " + e.getOriginalMessage());
          continue;
        }
        if (entry.isObject()) {
          taker.take(where, String.valueOf(number), entry);
        } else {
          into.fault(Fault.Kind.MALFORMED_ENTRY, where, "it is no JSON object");
        }
      }
    }
    into.fileRead();
  }

  /**
   * The members of the file's object, each with its key; one that comes twice is given twice.
   *
   * @throws UnusableDataException if the file is no JSON object or ends too early
   */
  static void members(Path file, Taker taker) throws IOException {
    read(
        file,
        parser -> {
          require(file, parser.nextToken() == JsonToken.START_OBJECT, "it is no JSON object");
          while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            taker.take(file.getFileName() + ", " + key, key, parser.readValueAsTree());
          }
        });
  }

  /**
   * The elements of an array that is a member of the file's object.
   *
   * @param name of the array
   * @throws UnusableDataException if there is no such array or the file ends too early
   */
  static void elements(Path file, String name, Taker taker) throws IOException {
    read(
        file,
        parser -> {
          boolean found = false;
          require(file, parser.nextToken() == JsonToken.START_OBJECT, "it is no JSON object");
          while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            JsonToken value = parser.nextToken();
            if (key.equals(name) && value == JsonToken.START_ARRAY) {
              found = true;
              int number = 0;
              while (parser.nextToken() != JsonToken.END_ARRAY) {
                number++;
                String where = "%s, %s %d".formatted(file.getFileName(), name, number);
                taker.take(where, String.valueOf(number), parser.readValueAsTree());
              }
            } else {
              parser.skipChildren();
            }
          }
          require(file, found, "it has no array \"" + name + "\"");
        });
  }

  private interface Reading {
    void read(JsonParser parser) throws IOException;
  }

  private static void read(Path file, Reading reading) throws IOException {
    try (BufferedReader reader = Utf8.open(file);
        JsonParser parser = MAPPER.createParser(reader)) {
      reading.read(parser);
    } catch (JacksonException e) {
      throw new UnusableDataException(
          "%s is cut off or damaged: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  private static void require(Path file, boolean condition, String otherwise) {
    if (!condition) {
      throw new UnusableDataException(file + ": " + otherwise);
    }
  }

  /** A string or number as text; empty where there is neither. */
  static String text(JsonNode entry, String name) {
    JsonNode value = entry.path(name);
    return value.isString() || value.isNumber() ? value.asString() : "";
  }
}
