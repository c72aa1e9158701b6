package org.omnimamba.inference.chat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.api.ApiException;
import tools.jackson.databind.JsonNode;

/** Reads {@code stop}: a string, or one to four of them. */
final class StopReader {
  private static final int MAX_STOPS = 4;
  private static final int MAX_LENGTH = 256;

  private StopReader() {}

  static List<String> read(@Nullable JsonNode stop) {
    if (stop == null || stop.isNull()) {
      return List.of();
    }
    if (stop.isString()) {
      return List.of(checked(stop));
    }
    if (!stop.isArray() || stop.isEmpty() || stop.size() > MAX_STOPS) {
      throw ApiException.invalidValue(
          "stop", "'stop' must be a string or an array of 1 to %d strings.".formatted(MAX_STOPS));
    }
    List<String> stops = new ArrayList<>();
    for (JsonNode one : stop) {
      stops.add(checked(one));
    }
    return List.copyOf(stops);
  }

  private static String checked(JsonNode stop) {
    String text = stop.isString() ? stop.stringValue() : "";
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      throw ApiException.invalidValue(
          "stop", "Each of 'stop' must be a string of 1 to %d characters.".formatted(MAX_LENGTH));
    }
    return text;
  }
}
