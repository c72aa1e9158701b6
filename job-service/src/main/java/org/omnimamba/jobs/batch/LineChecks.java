package org.omnimamba.jobs.batch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.web.json.UnicodeText;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Judges the lines of one input file; all of them must be good. */
final class LineChecks {
  /** Requests of one batch. */
  static final int MOST_LINES = 50_000;

  private static final int MOST_ERRORS = 100;
  private static final int LONGEST_ID = 512;

  private final JobJson json;
  private final String endpoint;
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<Place> places = new ArrayList<>();
  private final List<LineError> errors = new ArrayList<>();
  private @Nullable String model;

  LineChecks(JobJson json, String endpoint) {
    this.json = json;
    this.endpoint = endpoint;
  }

  /**
   * Where a request stands in the file.
   *
   * @param line from 1
   * @param begin its first byte
   * @param bytes its length
   */
  record Place(int line, String customId, long begin, int bytes) {}

  /**
   * What is wrong with a line.
   *
   * @param param the member that it is about, or null
   * @param line from 1, or null when it is about the whole file
   */
  record LineError(String code, String message, @Nullable String param, @Nullable Integer line) {}

  void accept(LineSplitter.Line line) {
    if (errors.size() >= MOST_ERRORS || places.size() > MOST_LINES) {
      return;
    }
    LineError error = error(line);
    if (error != null) {
      errors.add(error);
    }
  }

  private @Nullable LineError error(LineSplitter.Line line) {
    if (!line.isUtf8()) {
      return of(line, "invalid_json_line", "The line is not UTF-8.", null);
    }
    if (line.text() == null) {
      return of(line, "line_too_long", "The line is longer than a request may be.", null);
    }
    JsonNode request;
    try {
      request = json.treeOfDistinctMembers(line.text());
    } catch (JacksonException e) {
      boolean repeated = e.getOriginalMessage().startsWith("Duplicate");
      return of(
          line,
          "invalid_json_line",
          repeated ? "The line has a member twice." : "The line is not valid JSON.",
          null);
    }
    if (!request.isObject()) {
      return of(line, "invalid_json_line", "The line is not a JSON object.", null);
    }
    String id = request.path("custom_id").isString() ? request.path("custom_id").stringValue() : "";
    if (id.isEmpty()
        || id.length() > LONGEST_ID
        || id.indexOf('\0') >= 0
        || !UnicodeText.isWellFormed(id)) {
      return of(
          line,
          "invalid_custom_id",
          "custom_id must be a text of 1 to "
              + LONGEST_ID
              + " characters, without NUL and without half of a Unicode surrogate pair.",
          "custom_id");
    }
    Integer earlier = ids.putIfAbsent(id, line.number());
    if (earlier != null) {
      return of(
          line,
          "duplicate_custom_id",
          "The custom_id '" + id + "' was used before, in line " + earlier + ".",
          "custom_id");
    }
    if (!"POST".equals(request.path("method").asString(""))) {
      return of(line, "invalid_method", "method must be 'POST'.", "method");
    }
    if (!endpoint.equals(request.path("url").asString(""))) {
      return of(
          line, "invalid_url", "url must be the endpoint of the batch, " + endpoint + ".", "url");
    }
    LineError body = bodyError(line, request.path("body"));
    if (body == null) {
      places.add(new Place(line.number(), id, line.begin(), (int) line.length()));
    }
    return body;
  }

  private @Nullable LineError bodyError(LineSplitter.Line line, JsonNode body) {
    if (!body.isObject()) {
      return of(line, "invalid_body", "body must be an object.", "body");
    }
    JsonNode stream = body.path("stream");
    if (!(stream.isMissingNode() || stream.isNull() || stream.isBoolean() && !stream.asBoolean())
        || body.has("stream_options")) {
      return of(
          line,
          "unsupported_parameter",
          "A request of a batch is not streamed: stream must be false or absent.",
          "body.stream");
    }
    if (UnicodeText.malformed(body, "/body").isPresent()) {
      return of(line, "invalid_body", "body has half of a Unicode surrogate pair.", "body");
    }
    if (model == null && body.path("model").isString()) {
      model = body.path("model").stringValue();
    }
    return null;
  }

  private static LineError of(
      LineSplitter.Line line, String code, String message, @Nullable String param) {
    return new LineError(code, message, param, line.number());
  }

  /** What is wrong, the first hundred; empty when all lines are good. */
  List<LineError> errors() {
    if (errors.isEmpty() && places.isEmpty()) {
      return List.of(new LineError("empty_file", "The file has no requests.", null, null));
    }
    if (places.size() > MOST_LINES) {
      return List.of(
          new LineError(
              "too_many_requests",
              "The file has more than " + MOST_LINES + " requests.",
              null,
              null));
    }
    return errors;
  }

  List<Place> places() {
    return places;
  }

  /** The model that the first request names, or null. */
  @Nullable String model() {
    return model;
  }
}
