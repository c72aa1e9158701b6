package org.omnimamba.model.text;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The alphabet of byte-level BPE: every byte has one printable character. Printable Latin-1 bytes
 * stand for themselves, the others follow from U+0100 on in ascending order.
 */
final class ByteAlphabet {
  private static final int FIRST_SUBSTITUTE = 0x100;
  private static final int SUBSTITUTES = 68;

  private final int[] byteOf = new int[FIRST_SUBSTITUTE + SUBSTITUTES];

  ByteAlphabet() {
    java.util.Arrays.fill(byteOf, -1);
    int substitute = FIRST_SUBSTITUTE;
    for (int value = 0; value < 256; value++) {
      byteOf[standsForItself(value) ? value : substitute++] = value;
    }
  }

  private static boolean standsForItself(int value) {
    return (value >= '!' && value <= '~')
        || (value >= 0xA1 && value <= 0xAC)
        || (value >= 0xAE && value <= 0xFF);
  }

  /** The character of each byte, in the order of the bytes. */
  char[] characters() {
    char[] characters = new char[256];
    for (int c = 0; c < byteOf.length; c++) {
      if (byteOf[c] >= 0) {
        characters[byteOf[c]] = (char) c;
      }
    }
    return characters;
  }

  /**
   * The bytes that a vocabulary entry stands for. An entry with a character outside the alphabet
   * stands for its own UTF-8, as in the tokenizers library.
   */
  byte[] bytes(String entry) {
    byte @Nullable [] decoded = decode(entry);
    return decoded != null ? decoded : entry.getBytes(StandardCharsets.UTF_8);
  }

  private byte @Nullable [] decode(String entry) {
    byte[] bytes = new byte[entry.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = entry.charAt(i);
      if (c >= byteOf.length || byteOf[c] < 0) {
        return null;
      }
      bytes[i] = (byte) byteOf[c];
    }
    return bytes;
  }
}
