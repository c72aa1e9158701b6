package org.omnimamba.web.replica;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Names a picture that a request inlines, so that requests about one picture meet at one replica,
 * whichever process sends them.
 */
public final class PictureAffinity {
  private PictureAffinity() {}

  /**
   * The name of the picture of a JSON string: its own bytes stand for it, neither decoded nor
   * copied. Never 0.
   *
   * @param from index of the string's opening quote
   * @param to index after its closing quote
   */
  public static long of(byte[] json, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(json, from, to - from);
    // The length tells most pictures apart that a checksum alone would not; and never 0.
    return (crc.getValue() << 31) ^ (to - from) | 1L << 62;
  }

  /** The same of a data URI, which needs no escapes in JSON. */
  public static long of(String dataUri) {
    byte[] json = ('"' + dataUri + '"').getBytes(StandardCharsets.UTF_8);
    return of(json, 0, json.length);
  }
}
