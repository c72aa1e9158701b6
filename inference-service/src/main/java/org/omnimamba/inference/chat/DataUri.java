package org.omnimamba.inference.chat;

import java.util.Base64;
import java.util.Locale;
import org.omnimamba.inference.api.ApiException;

/** Reads {@code data:image/...;base64,...} within a size limit that is checked before decoding. */
final class DataUri {
  private static final String SCHEME = "data:";
  private static final int MAX_HEADER = 128;

  private DataUri() {}

  /**
   * The bytes a data URI stands for.
   *
   * @param param the request field it came in
   * @param maxBytes the most bytes it may hold
   */
  static byte[] decode(String param, String uri, long maxBytes) {
    if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw ApiException.invalid(
          param,
          "unsupported_image_url",
          "Pictures must come as 'data:image/...;base64,...'; addresses are not fetched.");
    }
    int comma = uri.substring(0, Math.min(uri.length(), MAX_HEADER)).indexOf(',');
    String header = comma < 0 ? "" : uri.substring(0, comma).toLowerCase(Locale.ROOT);
    if (!header.startsWith("data:image/") || !header.endsWith(";base64")) {
      throw ApiException.invalid(
          param,
          "invalid_data_uri",
          "A picture's data URI must begin with 'data:image/<type>;base64,'.");
    }
    long length = uri.length() - comma - 1L;
    if (length / 4 * 3 > maxBytes + 3) {
      throw ApiException.invalid(
          param,
          "image_too_many_bytes",
          "The picture is longer than the %d bytes that are taken.".formatted(maxBytes));
    }
    try {
      return Base64.getDecoder().decode(uri.substring(comma + 1));
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid(param, "invalid_base64", "The picture is not valid base64.");
    }
  }
}
