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
              "/v1/(assistants|audio|chatkit|containers|conversations|edits|embeddings|engines|evals"
                  + "|fine-tunes|fine_tuning|moderations|organization|realtime|threads|vector_stores"
                  + "|videos)(/.*)?",
              ""),
          new Hint(
              "(/v1/v1)?/(chat/completions|images/generations|models|jobs)",
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
