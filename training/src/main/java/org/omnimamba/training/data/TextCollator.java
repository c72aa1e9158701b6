package org.omnimamba.training.data;

import java.util.Arrays;
import java.util.List;
import org.omnimamba.model.config.SpecialTokens;
import org.omnimamba.model.text.Tokenizer;

/**
 * Rows of plain text for a language model: the texts of an example one after another, each ended by
 * {@code <|endoftext|>}, cut to a fixed length.
 *
 * <ul>
 *   <li>{@value MmuCollator#INPUT_IDS} {@code [batch, length]}, on the right {@code [PAD]}
 *   <li>{@value MmuCollator#LABELS} {@code [batch, length]}: the same ids, not shifted; -100 on the
 *       padding
 * </ul>
 */
public final class TextCollator implements Collator<List<String>> {
  private static final String END_OF_TEXT = "<|endoftext|>";

  private final Tokenizer tokenizer;
  private final SpecialTokens special;
  private final int length;

  public TextCollator(SpecialTokens special, Tokenizer tokenizer, int length) {
    this.tokenizer = tokenizer;
    this.special = special;
    this.length = length;
  }

  @Override
  public Batch collate(List<List<String>> examples) {
    long[] ids = new long[examples.size() * length];
    long[] labels = new long[ids.length];
    Arrays.fill(ids, special.pad());
    Arrays.fill(labels, MmuText.IGNORED);
    for (int row = 0; row < examples.size(); row++) {
      int[] text = tokenizer.encode(String.join(END_OF_TEXT, examples.get(row)) + END_OF_TEXT);
      for (int i = 0; i < Math.min(text.length, length); i++) {
        ids[row * length + i] = text[i];
        labels[row * length + i] = text[i];
      }
    }
    return Batch.empty().with(MmuCollator.INPUT_IDS, ids).with(MmuCollator.LABELS, labels);
  }
}
