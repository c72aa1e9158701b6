package org.omnimamba.gateway.keys;

import org.omnimamba.gateway.errors.ApiException;
import org.springframework.http.HttpStatus;

/** The database of the keys does not answer, or has no tables yet. */
final class KeysUnavailable {
  private KeysUnavailable() {}

  /** The refusal that a client is to see; one that was decided already stays. */
  static Throwable of(Throwable failure) {
    return failure instanceof ApiException
        ? failure
        : ApiException.serverError(
                HttpStatus.SERVICE_UNAVAILABLE,
                "keys_unavailable",
                "Keys cannot be checked or changed right now. Please try again shortly.",
                failure)
            .header("Retry-After", "1");
  }
}
