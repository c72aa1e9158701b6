package org.omnimamba.inference.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** OpenAI's error object; all four keys are always there. */
public record ErrorBody(Detail error) {

  /**
   * The error itself.
   *
   * @param type class of the error, such as {@code invalid_request_error}
   * @param param the request field it is about, if it is about one
   * @param code what a program can branch on
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Detail(
      String message, String type, @Nullable String param, @Nullable String code) {}

  static ErrorBody of(String message, String type, @Nullable String param, @Nullable String code) {
    return new ErrorBody(new Detail(message, type, param, code));
  }
}
