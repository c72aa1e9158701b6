package org.omnimamba.jobs.response;

import org.jspecify.annotations.Nullable;

/** A response was asked for in a way that this platform does not serve; the message says why. */
public final class RefusedResponseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String param;
  private final String code;

  /**
   * A refusal.
   *
   * @param param the member that it is about, such as {@code tools[0].type}, or null
   * @param code what a program can branch on
   */
  RefusedResponseException(@Nullable String param, String code, String message) {
    super(message, null, false, false);
    this.param = param;
    this.code = code;
  }

  static RefusedResponseException invalid(String param, String message) {
    return new RefusedResponseException(param, "invalid_value", message);
  }

  static RefusedResponseException type(String param, String wanted) {
    return new RefusedResponseException(
        param, "invalid_type", "'" + param + "' must be " + wanted + ".");
  }

  static RefusedResponseException missing(String param) {
    return new RefusedResponseException(
        param, "missing_required_parameter", "Missing required parameter: '" + param + "'.");
  }

  static RefusedResponseException unsupported(String param, String why) {
    return new RefusedResponseException(
        param, "unsupported_parameter", "Unsupported parameter: '" + param + "'." + why);
  }

  public @Nullable String param() {
    return param;
  }

  public String code() {
    return code;
  }
}
