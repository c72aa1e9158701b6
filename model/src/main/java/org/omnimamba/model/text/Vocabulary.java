package org.omnimamba.model.text;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each id stands for, in bytes. Immutable. */
final class Vocabulary {
  private final byte[] @Nullable [] bytes;
  private final BitSet special = new BitSet();
  private final BitSet control = new BitSet();
  private final Map<String, Integer> added = new HashMap<>();

  Vocabulary(Map<String, Integer> model, List<AddedToken> addedTokens) {
    ByteAlphabet alphabet = new ByteAlphabet();
    int size = 0;
    for (int id : model.values()) {
      size = Math.max(size, id + 1);
    }
    for (AddedToken token : addedTokens) {
      size = Math.max(size, token.id() + 1);
    }
    bytes = new byte[size][];
    model.forEach((entry, id) -> bytes[id] = alphabet.bytes(entry));
    for (AddedToken token : addedTokens) {
      bytes[token.id()] = alphabet.bytes(token.content());
      special.set(token.id(), token.special());
      control.set(token.id(), token.control());
      added.put(token.content(), token.id());
    }
  }

  /** One more than the highest id. */
  int size() {
    return bytes.length;
  }

  /** Bytes of a token; empty for an id that stands for nothing, such as a padding row's. */
  byte[] bytes(int id) {
    byte[] found = id >= 0 && id < bytes.length ? bytes[id] : null;
    return found != null ? found : new byte[0];
  }

  boolean special(int id) {
    return id >= 0 && special.get(id);
  }

  /** Whether a token steers the model and is no text. */
  boolean control(int id) {
    return control.get(id);
  }

  @Nullable Integer addedToken(String content) {
    return added.get(content);
  }
}
