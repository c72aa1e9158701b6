package org.omnimamba.hub.http;

import java.net.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a request, after all redirects.
 *
 * @param status of the last answer; 200 to 299, or 400 to 499 but those that are tried again
 * @param headers of the last answer
 * @param passed the headers of the redirects before it
 * @param body what the reader made of it; null where the status is no success
 */
public record Answer<T>(
    int status, HttpHeaders headers, List<HttpHeaders> passed, @Nullable T body) {

  public boolean isSuccess() {
    return status < 300;
  }

  /** A header of the last answer, or of the last redirect that has it. */
  public @Nullable String header(String name) {
    for (int i = passed.size(); i >= 0; i--) {
      HttpHeaders at = i == passed.size() ? headers : passed.get(i);
      if (at.firstValue(name).isPresent()) {
        return at.firstValue(name).get();
      }
    }
    return null;
  }
}
