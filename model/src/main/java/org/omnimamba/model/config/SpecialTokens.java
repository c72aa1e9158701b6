package org.omnimamba.model.config;

import java.util.HashSet;
import java.util.List;

/**
 * Ids of the tokens that the prompt layouts use, called as in the reference.
 *
 * @param eos {@code <|endoftext|>}: begin, end and unknown at once
 * @param pad {@code [PAD]}
 * @param soi {@code <|soi|>}, start of image
 * @param eoi {@code <|eoi|>}, end of image
 * @param sot {@code <|sot|>}, start of text
 * @param eot {@code <|eot|>}, end of text
 * @param t2i {@code <|t2i|>}, opens a text-to-image prompt
 * @param mmu {@code <|mmu|>}, opens an understanding prompt
 */
public record SpecialTokens(
    int eos, int pad, int soi, int eoi, int sot, int eot, int t2i, int mmu) {

  public SpecialTokens {
    List<Integer> ids = List.of(eos, pad, soi, eoi, sot, eot, t2i, mmu);
    if (new HashSet<>(ids).size() != ids.size()) {
      throw new InvalidConfigException("special_tokens has an id twice: " + ids);
    }
    for (int id : ids) {
      Limits.check("an id of special_tokens", id, 0, Limits.ROWS);
    }
  }

  /**
   * @throws InvalidConfigException if an id is no row of the vocabulary
   */
  void requireBelow(int vocabulary) {
    for (int id : new int[] {eos, pad, soi, eoi, sot, eot, t2i, mmu}) {
      if (id >= vocabulary) {
        throw new InvalidConfigException(
            "special_tokens has id %d, but text_vocab_padded is %d".formatted(id, vocabulary));
      }
    }
  }
}
