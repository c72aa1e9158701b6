package org.omnimamba.gateway.access;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.http.HttpStatus;

/**
 * What the 404 of an address says that clients of OpenAI ask for and this platform does not serve:
 * what is there instead.
 */
final class OtherEndpoints {
  private static final String SERVED =
      " It serves POST /v1/chat/completions, POST /v1/responses, POST /v1/images/generations and GET"
          + " /v1/models.";

  private static final List<Hint> HINTS =
      List.of(
          new Hint("/v1/completions", "Use POST /v1/chat/completions."),
          new Hint(
              "/v1/images/(edits|variations)",
              "Pictures are drawn from text alone: use POST /v1/images/generations."),
          new Hint("/v1/uploads(/.*)?", "Send a file at once: POST /v1/files."),
          new Hint(
              "/v1/responses/input_tokens",
              "The usage of an answer says how many tokens its input had."),
          new Hint(
              "/v1/responses/compact",
              "Go on with previous_response_id: truncation auto cuts a conversation to what the model"
                  + " can read."),
          new Hint(
              "/v1/chat/completions/.+",
              "Chat completions are not kept; responses are: POST /v1/responses."),
          new Hint(
              "/v1/webhook_(endpoints|event_types)(/.*)?",
              "Where webhooks are sent is set with /v1/webhook-endpoints."),
          new Hint(
              "/v1/(agents|assistants|audio|chatkit|containers|content_provenance_checks"
                  + "|conversations|decisions|edits|embeddings|engines|evals|fine-tunes|fine_tuning"
                  + "|live|moderations|organization|projects|realtime|safety|skills|threads"
                  + "|vaults|vector_stores|videos)(/.*)?",
              ""),
          new Hint(
              "(/v1/v1)?/(batches|chat/completions|files|images/generations|jobs|models|responses)",
              "The base URL of a client must end with /v1, once."));

  /**
   * A kind of address.
   *
   * @param instead what to do, or nothing
   */
  private record Hint(Pattern path, String instead) {
    Hint(String path, String instead) {
      this(Pattern.compile(path), instead);
    }
  }

  private OtherEndpoints() {}

  /** The refusal for an address that others serve; empty for one that has no such meaning. */
  static Optional<ApiException> hint(String path) {
    return HINTS.stream()
        .filter(hint -> hint.path.matcher(path).matches())
        .findFirst()
        .map(hint -> refusal(path, hint.instead));
  }

  private static ApiException refusal(String path, String instead) {
    return ApiException.invalidRequest(
        HttpStatus.NOT_FOUND,
        "unknown_url",
        "This platform does not serve "
            + path
            + "."
            + (instead.isEmpty() ? SERVED : " " + instead));
  }
}
