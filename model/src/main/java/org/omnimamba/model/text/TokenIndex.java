package org.omnimamba.model.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * The tokens that write text, by their bytes. Immutable.
 *
 * @param bytes each token's, sorted
 * @param ids {@code ids[i]} is the token of entry {@code i}
 * @param hasEveryByte whether each of the 256 bytes is a token, so that any text can be spelled
 */
record TokenIndex(SortedBytes bytes, int[] ids, boolean hasEveryByte) {
  private static final int BYTES = 256;

  /** The tokens of a vocabulary; control tokens write no text and are left out. */
  static TokenIndex of(Vocabulary vocabulary) {
    List<Token> tokens = new ArrayList<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      if (!vocabulary.control(id)) {
        tokens.add(new Token(id, vocabulary.bytes(id)));
      }
    }
    return of(tokens);
  }

  /** Those of the tokens that have bytes. */
  static TokenIndex of(List<Token> tokens) {
    List<Token> sorted = new ArrayList<>(tokens);
    sorted.removeIf(token -> token.bytes().length == 0);
    sorted.sort(
        Comparator.comparing(Token::bytes, Arrays::compareUnsigned).thenComparingInt(Token::id));
    BitSet single = new BitSet(BYTES);
    for (Token token : sorted) {
      if (token.bytes().length == 1) {
        single.set(token.bytes()[0] & 0xff);
      }
    }
    return new TokenIndex(
        new SortedBytes(sorted.stream().map(Token::bytes).toList()),
        sorted.stream().mapToInt(Token::id).toArray(),
        single.cardinality() == BYTES);
  }

  /** A token and what it writes. */
  record Token(int id, byte[] bytes) {}
}
