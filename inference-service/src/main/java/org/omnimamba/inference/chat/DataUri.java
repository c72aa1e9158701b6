package org.omnimamba.inference.chat;

import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.omnimamba.inference.api.ApiException;

/**
 * Reads data URIs (RFC 2397) as clients write them, within a size limit that is checked before
 * decoding. The media type may be missing or wrong: the bytes tell what they are. Base64 may be
 * broken into lines, of either alphabet, and without padding; characters may be percent-encoded.
 */
final class DataUri {
  private static final String SCHEME = "data:";
  private static final String SUPPORTED =
      "A picture must be a PNG, JPEG, WebP or GIF written as 'data:image/png;base64,...'";

  /** Types are short, but parameters may hold a file's name. */
  private static final int MAX_HEADER = 1024;

  private static final int IGNORED = -1;

  private final String param;
  private final String uri;

  private DataUri(String param, String uri) {
    this.param = param;
    this.uri = uri;
  }

  /**
   * The bytes a data URI stands for.
   *
   * @param param the request field it came in
   * @param maxBytes the most bytes it may hold
   * @throws ApiException if it is no data URI, holds more bytes, or is not valid base64
   */
  static byte[] decode(String param, String uri, long maxBytes) {
    return new DataUri(param, uri.strip()).decode(maxBytes);
  }

  private byte[] decode(long maxBytes) {
    if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw refused("unsupported_image_url", SUPPORTED + "; addresses are not fetched.");
    }
    int comma = uri.substring(0, Math.min(uri.length(), MAX_HEADER)).indexOf(',');
    if (comma < 0) {
      throw refused("invalid_data_uri", SUPPORTED + "; the comma before the data is missing.");
    }
    boolean base64 = isBase64(uri.substring(SCHEME.length(), comma));
    int length = count(comma + 1, base64);
    // four characters of base64 stand for three bytes, or for fewer at the end
    if ((base64 ? length / 4 * 3L - 3 : length) > maxBytes) {
      throw refused(
          "image_too_many_bytes",
          "The picture is longer than the %d bytes that are taken.".formatted(maxBytes));
    }
    byte[] data = read(comma + 1, base64, length);
    return base64 ? decodeBase64(data) : data;
  }

  private static boolean isBase64(String header) {
    return Arrays.stream(header.split(";"))
        .map(part -> part.strip().toLowerCase(Locale.ROOT))
        .anyMatch("base64"::equals);
  }

  /** Characters that stand for something, each percent-encoded one counted once. */
  private int count(int from, boolean base64) {
    int count = 0;
    for (int at = from; at < uri.length(); at += width(at)) {
      if (meaning(at, base64) != IGNORED) {
        count++;
      }
    }
    return count;
  }

  private byte[] read(int from, boolean base64, int length) {
    byte[] data = new byte[length];
    int count = 0;
    for (int at = from; at < uri.length(); at += width(at)) {
      int meaning = meaning(at, base64);
      if (meaning != IGNORED) {
        data[count++] = (byte) meaning;
      }
    }
    return data;
  }

  private int width(int at) {
    return uri.charAt(at) == '%' ? 3 : 1;
  }

  /** The byte at a position; in base64 the standard alphabet's character, or that it is a space. */
  private int meaning(int at, boolean base64) {
    int value = uri.charAt(at);
    if (value == '%') {
      value = hex(at + 1) << 4 | hex(at + 2);
    }
    if (value > 0xff) {
      throw base64
          ? notBase64()
          : refused("invalid_data_uri", "The picture's data URI holds letters that are not ASCII.");
    }
    if (!base64) {
      return value;
    }
    return switch (value) {
      case ' ', '\t', '\r', '\n', '\f' -> IGNORED;
      case '-' -> '+';
      case '_' -> '/';
      default -> value;
    };
  }

  private int hex(int at) {
    int digit = at < uri.length() ? Character.digit(uri.charAt(at), 16) : -1;
    if (digit < 0) {
      throw refused(
          "invalid_data_uri", "A '%' in the picture's data URI is not a code of two digits.");
    }
    return digit;
  }

  private byte[] decodeBase64(byte[] data) {
    int end = data.length;
    while (end > 0 && data[end - 1] == '=') {
      end--;
    }
    try {
      return Base64.getDecoder().decode(end == data.length ? data : Arrays.copyOf(data, end));
    } catch (IllegalArgumentException e) {
      throw notBase64();
    }
  }

  private ApiException notBase64() {
    return refused("invalid_base64", "The picture is not valid base64.");
  }

  private ApiException refused(String code, String message) {
    return ApiException.invalid(param, code, message);
  }
}
