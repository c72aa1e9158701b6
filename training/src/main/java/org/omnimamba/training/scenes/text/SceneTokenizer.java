package org.omnimamba.training.scenes.text;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.omnimamba.training.bpe.BpeTrainer;
import org.omnimamba.training.bpe.TokenizerJson;
import org.omnimamba.training.scenes.Scene;
import org.omnimamba.training.scenes.ScenePlanner;
import org.omnimamba.training.scenes.sprites.Sprite;
import org.omnimamba.training.scenes.sprites.SpriteSet;

/** Trains a tokenizer on what is said and asked about scenes. */
public final class SceneTokenizer {
  private static final int TEXTS_OF_A_SPRITE = 4;
  private static final long SEED = 1;

  private SceneTokenizer() {}

  /**
   * Trains.
   *
   * @param sprites those of training
   * @param entries of the vocabulary at most, special tokens included
   * @return the text of a {@code tokenizer.json}
   */
  public static String train(SpriteSet sprites, int entries) {
    ScenePlanner planner = new ScenePlanner(sprites, 0);
    SceneQuestions questions = new SceneQuestions(sprites);
    BpeTrainer trainer = new BpeTrainer();
    RandomGenerator random = new SplittableRandom(SEED);
    for (Sprite sprite : sprites.all()) {
      trainer.add(sprite.label().name());
      sprite.label().synonyms().forEach(trainer::add);
    }
    for (int i = 0; i < TEXTS_OF_A_SPRITE * sprites.all().size(); i++) {
      Scene scene = planner.plan(random);
      SceneQuestions.Asked asked = questions.question(scene, random);
      trainer.add(SceneCaptions.caption(scene, random));
      trainer.add("USER: " + asked.question() + " ASSISTANT:");
      trainer.add(asked.answer());
    }
    return TokenizerJson.of(trainer.train(entries - TokenizerJson.FIXED_ENTRIES));
  }
}
