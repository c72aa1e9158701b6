package org.omnimamba.training.emoji;

import java.util.List;
import java.util.SplittableRandom;
import org.omnimamba.model.text.Turn;
import org.omnimamba.training.bpe.BpeTrainer;
import org.omnimamba.training.bpe.TokenizerJson;
import org.omnimamba.training.data.Picture;

/** Trains the demo's tokenizer on what its pictures can be asked and called. */
public final class EmojiTokenizer {
  private static final int EPOCHS = 4;
  private static final long SEED = 1;

  private EmojiTokenizer() {}

  /**
   * Trains.
   *
   * @param pictures those of training
   * @param entries of the vocabulary at most, special tokens included
   * @return the text of a {@code tokenizer.json}
   */
  public static String train(List<Picture> pictures, int entries) {
    Questions questions = new Questions(pictures);
    BpeTrainer trainer = new BpeTrainer();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      for (Picture picture : pictures) {
        trainer.add(Captions.caption(picture, random));
        trainer.add(picture.name());
        for (Turn turn : questions.conversation(picture, random)) {
          trainer.add(
              turn.role() == Turn.Role.USER ? "USER: " + turn.text() + " ASSISTANT:" : turn.text());
        }
      }
    }
    return TokenizerJson.of(trainer.train(entries - TokenizerJson.FIXED_ENTRIES));
  }
}
