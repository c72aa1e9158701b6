package org.omnimamba.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IncrementalDetokenizerTest {
  /** One token per byte: id = byte value. */
  private final Vocabulary bytes = new Vocabulary(byteTokens(), List.of());

  private final IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(bytes);

  @Test
  void holdsBackAnEmojiUntilItsLastByte() {
    byte[] smile = "😀".getBytes(StandardCharsets.UTF_8);
    assertThat(detokenizer.append(smile[0] & 0xff)).isEmpty();
    assertThat(detokenizer.append(smile[1] & 0xff)).isEmpty();
    assertThat(detokenizer.append(smile[2] & 0xff)).isEmpty();
    assertThat(detokenizer.holdsIncompleteCharacter()).isTrue();
    assertThat(detokenizer.append(smile[3] & 0xff)).isEqualTo("😀");
    assertThat(detokenizer.holdsIncompleteCharacter()).isFalse();
  }

  @Test
  void releasesEveryCharacterOfAMixedTextOnce() {
    String text = "a é 你好 \u200d👩‍👧 end\n";
    StringBuilder streamed = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      String delta = detokenizer.append(b & 0xff);
      assertThat(delta).doesNotContain("\uFFFD");
      streamed.append(delta);
    }
    assertThat(streamed).hasToString(text);
  }

  @Test
  void aByteThatNothingCompletesIsReplacedAsInDecoding() {
    int[] ids = {0xC3, 'x', 0x80, 0xF0, 0x9F, 'y'};
    StringBuilder streamed = new StringBuilder();
    for (int id : ids) {
      streamed.append(detokenizer.append(id));
    }
    assertThat(streamed).hasToString("\uFFFDx\uFFFD\uFFFDy");
  }

  @Test
  void unknownIdsAddNothing() {
    assertThat(detokenizer.append(1_000_000)).isEmpty();
    assertThat(detokenizer.append(-1)).isEmpty();
  }

  /** The byte alphabet in reverse: the entry whose bytes are exactly this one byte. */
  private static Map<String, Integer> byteTokens() {
    ByteAlphabet alphabet = new ByteAlphabet();
    Map<String, Integer> entries = new TreeMap<>();
    for (int c = 0; c < 0x144; c++) {
      byte[] decoded = alphabet.bytes(String.valueOf((char) c));
      if (decoded.length == 1) {
        entries.putIfAbsent(String.valueOf((char) c), decoded[0] & 0xff);
      }
    }
    return entries;
  }
}
