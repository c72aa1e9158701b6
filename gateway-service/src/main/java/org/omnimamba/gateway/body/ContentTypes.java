package org.omnimamba.gateway.body;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** In which forms a body may come: JSON in UTF-8, and any body as it is. */
final class ContentTypes {
  private ContentTypes() {}

  /**
   * @throws ApiException 415 for another type, character set or content coding
   */
  static void requireJson(HttpHeaders headers) {
    if (!isJson(headers)) {
      throw unsupported("The content type must be application/json.");
    }
    requirePlain(headers);
  }

  /**
   * @throws ApiException 415 for a content coding
   */
  static void requirePlain(HttpHeaders headers) {
    boolean plain =
        headers.getOrEmpty(HttpHeaders.CONTENT_ENCODING).stream()
            .allMatch("identity"::equalsIgnoreCase);
    if (!plain) {
      throw unsupported("The body must not be compressed.");
    }
  }

  private static boolean isJson(HttpHeaders headers) {
    @Nullable MediaType type;
    try {
      type = headers.getContentType();
    } catch (InvalidMediaTypeException e) {
      return false;
    }
    return type != null
        && headers.getOrEmpty(HttpHeaders.CONTENT_TYPE).size() == 1
        && type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)
        && (type.getCharset() == null || type.getCharset().equals(StandardCharsets.UTF_8));
  }

  private static ApiException unsupported(String message) {
    return ApiException.invalidRequest(
        HttpStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message);
  }
}
