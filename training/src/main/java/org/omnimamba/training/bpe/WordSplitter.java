package org.omnimamba.training.bpe;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts text into the pieces that merges never cross, as the ByteLevel pre-tokenizer does: GPT-2's
 * pattern on NFC-normalised text, each byte written as one printable character.
 */
final class WordSplitter {
  private static final Pattern PIECES =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private final char[] alphabet = alphabet();

  /**
   * The character of each byte: printable Latin-1 stands for itself, the rest follows from U+0100
   * on (Radford et al. 2019, GPT-2's {@code bytes_to_unicode}).
   */
  static char[] alphabet() {
    char[] characters = new char[256];
    char substitute = 0x100;
    for (int value = 0; value < characters.length; value++) {
      boolean printable =
          (value >= '!' && value <= '~')
              || (value >= 0xA1 && value <= 0xAC)
              || (value >= 0xAE && value <= 0xFF);
      characters[value] = printable ? (char) value : substitute++;
    }
    return characters;
  }

  List<String> split(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = PIECES.matcher(Normalizer.normalize(text, Normalizer.Form.NFC));
    while (matcher.find()) {
      StringBuilder word = new StringBuilder();
      for (byte each : matcher.group().getBytes(StandardCharsets.UTF_8)) {
        word.append(alphabet[each & 0xFF]);
      }
      words.add(word.toString());
    }
    return words;
  }
}
