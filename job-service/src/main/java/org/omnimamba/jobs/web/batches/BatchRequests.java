package org.omnimamba.jobs.web.batches;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.batch.BatchEndpoints;
import org.omnimamba.jobs.batch.NewBatch;
import org.omnimamba.jobs.file.FileIds;
import org.omnimamba.jobs.web.problem.OpenAiError;
import tools.jackson.databind.json.JsonMapper;

/** Checks what is asked of batches. */
final class BatchRequests {
  /** The one completion window there is. */
  static final String WINDOW = "24h";

  private static final int MAX_PAIRS = 16;
  private static final int MAX_KEY = 64;
  private static final int MAX_VALUE = 512;
  private static final int SHORTEST_LIFE = 3600;
  private static final int LONGEST_LIFE = 2_592_000;

  private final JsonMapper json;

  BatchRequests(JsonMapper json) {
    this.json = json;
  }

  /**
   * The batch that is asked for.
   *
   * @throws OpenAiError 400 that names the first member that is wrong
   */
  NewBatch read(BatchView.Create request) {
    String file = required("input_file_id", request.inputFileId());
    String endpoint = required("endpoint", request.endpoint());
    String window = required("completion_window", request.completionWindow());
    if (!BatchEndpoints.all().contains(endpoint)) {
      throw invalid(
          "endpoint",
          "endpoint must be one of "
              + String.join(", ", BatchEndpoints.all())
              + "; not '"
              + endpoint
              + "'.");
    }
    if (!window.equals(WINDOW)) {
      throw invalid("completion_window", "completion_window must be '24h'.");
    }
    return new NewBatch(
        endpoint,
        FileIds.parse(file)
            .orElseThrow(
                () ->
                    OpenAiError.invalid(
                        "input_file_id", "file_not_found", "There is no file '" + file + "'.")),
        json.writeValueAsString(metadata(request.metadata())),
        outputSeconds(request.outputExpiresAfter()));
  }

  private static Map<String, @Nullable String> metadata(
      @Nullable Map<String, @Nullable String> given) {
    if (given == null) {
      return Map.of();
    }
    if (given.size() > MAX_PAIRS) {
      throw invalid("metadata", "metadata must have at most " + MAX_PAIRS + " pairs.");
    }
    given.forEach(
        (key, value) -> {
          if (key.isEmpty() || key.length() > MAX_KEY) {
            throw invalid(
                "metadata", "keys of metadata must have 1 to " + MAX_KEY + " characters.");
          }
          if (value == null || value.length() > MAX_VALUE) {
            throw invalid(
                "metadata",
                "values of metadata must be texts of at most " + MAX_VALUE + " characters.");
          }
        });
    return given;
  }

  private static int outputSeconds(BatchView.@Nullable ExpiresAfter after) {
    if (after == null) {
      return LONGEST_LIFE;
    }
    if (!"created_at".equals(after.anchor())) {
      throw invalid("output_expires_after.anchor", "anchor must be 'created_at'.");
    }
    Integer seconds = after.seconds();
    if (seconds == null || seconds < SHORTEST_LIFE || seconds > LONGEST_LIFE) {
      throw invalid(
          "output_expires_after.seconds",
          "seconds must be " + SHORTEST_LIFE + " to " + LONGEST_LIFE + ".");
    }
    return seconds;
  }

  private static String required(String member, @Nullable String value) {
    if (value == null) {
      throw OpenAiError.invalid(
          member, "missing_required_parameter", "Missing required parameter: '" + member + "'.");
    }
    return value;
  }

  private static OpenAiError invalid(String param, String message) {
    return OpenAiError.invalid(param, "invalid_value", message);
  }
}
