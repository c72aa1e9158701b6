package org.omnimamba.training.data;

import java.util.List;
import java.util.stream.IntStream;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.model.text.Turn;

/** How the text after a picture is written, and which of it is learnt. */
public enum MmuText {
  /**
   * Stage 1 of the reference (see docs/reference-behaviours.md, 16): the last answer and {@code
   * <|endoftext|>}, the loss on all of it; questions are dropped.
   */
  ALIGNMENT {
    @Override
    Row row(Tokenizer tokenizer, List<Turn> turns, int maxLength, int endOfTurns) {
      int[] ids = tokenizer.encode(turns.get(turns.size() - 1).text().strip() + END_OF_TEXT);
      Row row = new Row(maxLength);
      row.add(ids, true);
      return row;
    }
  },
  /**
   * Stage 2 of the reference (see docs/reference-behaviours.md, 15 and 16): {@code In:
   * <question>\nOut: <answer><|endoftext|>} again and again, the loss on answers alone, then one
   * {@code [eot]}. A turn that does not fit ends the conversation, which can leave a question
   * without its answer.
   */
  CONVERSATION {
    @Override
    Row row(Tokenizer tokenizer, List<Turn> turns, int maxLength, int endOfTurns) {
      Row row = new Row(maxLength);
      for (int i = 0; i < turns.size(); i++) {
        boolean answer = i % 2 == 1;
        String text = turns.get(i).text().strip();
        int[] ids =
            tokenizer.encode(
                answer
                    ? (text.isEmpty() ? " " : text) + END_OF_TEXT
                    : (i == 0 ? "In: " : "\nIn: ") + text + "\nOut: ");
        if (row.length() + ids.length > maxLength - 1) {
          break;
        }
        row.add(ids, answer);
      }
      row.add(new int[] {endOfTurns}, false);
      return row;
    }
  },
  /**
   * As the prompts of {@link org.omnimamba.model.text.PromptLayouts} are written: one question as
   * {@code USER: <question> ASSISTANT:}, several as in {@link #CONVERSATION}. The reference asks in
   * words that it never trained; a small model has to be trained on them.
   */
  AS_SERVED {
    @Override
    Row row(Tokenizer tokenizer, List<Turn> turns, int maxLength, int endOfTurns) {
      if (turns.size() > 2) {
        return CONVERSATION.row(tokenizer, turns, maxLength, endOfTurns);
      }
      Row row = new Row(maxLength);
      row.add(tokenizer.encode("USER: " + turns.get(0).text().strip() + " ASSISTANT:"), false);
      row.add(tokenizer.encode(turns.get(1).text().strip() + END_OF_TEXT), true);
      return row;
    }
  };

  private static final String END_OF_TEXT = "<|endoftext|>";

  /** Label of positions without loss. */
  public static final int IGNORED = -100;

  /**
   * One row, at most {@code maxLength} long.
   *
   * @param endOfTurns id of {@code <|eot|>}
   */
  abstract Row row(Tokenizer tokenizer, List<Turn> turns, int maxLength, int endOfTurns);

  /** Ids and labels of one row while it grows. */
  static final class Row {
    private final int maxLength;
    private int[] ids = {};
    private int[] labels = {};

    Row(int maxLength) {
      this.maxLength = maxLength;
    }

    /** Adds what fits. */
    void add(int[] more, boolean learnt) {
      int kept = Math.min(more.length, maxLength - ids.length);
      int[] fitting = IntStream.of(more).limit(kept).toArray();
      ids = IntStream.concat(IntStream.of(ids), IntStream.of(fitting)).toArray();
      labels =
          IntStream.concat(
                  IntStream.of(labels),
                  learnt ? IntStream.of(fitting) : IntStream.of(fitting).map(id -> IGNORED))
              .toArray();
    }

    int length() {
      return ids.length;
    }

    int[] ids() {
      return ids;
    }

    int[] labels() {
      return labels;
    }
  }
}
