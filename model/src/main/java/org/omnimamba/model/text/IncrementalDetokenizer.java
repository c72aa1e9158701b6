package org.omnimamba.model.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text of one stream of ids, released as soon as characters are whole. A UTF-8 sequence that is
 * split over several tokens is held back until its last byte came; one that never completes is
 * never released. Bytes that no later byte can complete become U+FFFD, as in {@link
 * Tokenizer#decode}. Special tokens (end of text, padding) add nothing.
 *
 * <p>For use by one thread.
 */
public final class IncrementalDetokenizer {
  private static final int LONGEST_SEQUENCE = 4;

  private final Vocabulary vocabulary;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer held = ByteBuffer.allocate(LONGEST_SEQUENCE);

  IncrementalDetokenizer(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Takes the next id and returns the text that is now certain; may be empty. */
  public String append(int id) {
    byte[] bytes = vocabulary.special(id) ? new byte[0] : vocabulary.bytes(id);
    ByteBuffer in = ByteBuffer.allocate(held.position() + bytes.length);
    in.put(held.flip()).put(bytes).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining());
    decoder.decode(in, out, false);
    held = ByteBuffer.allocate(LONGEST_SEQUENCE).put(in);
    return out.flip().toString();
  }

  /** Whether bytes of an incomplete character are held back. */
  public boolean holdsIncompleteCharacter() {
    return held.position() > 0;
  }
}
