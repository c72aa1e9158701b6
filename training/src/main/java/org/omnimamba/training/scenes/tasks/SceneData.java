package org.omnimamba.training.scenes.tasks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.omnimamba.training.config.Section;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.data.MmuExample;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureExample;
import org.omnimamba.training.objective.ImageIds;
import org.omnimamba.training.objective.TextData;
import org.omnimamba.training.scenes.Scene;
import org.omnimamba.training.scenes.SceneComposer;
import org.omnimamba.training.scenes.ScenePlanner;
import org.omnimamba.training.scenes.sprites.Sprite;
import org.omnimamba.training.scenes.sprites.SpriteSet;
import org.omnimamba.training.scenes.text.SceneCaptions;
import org.omnimamba.training.scenes.text.SceneQuestions;

/**
 * Examples of scenes as a configuration's data section describes them: {@code folder}, as {@code
 * prepare-scenes} leaves it, and {@code altered}, the part of the scenes that are drawn by another
 * hand.
 */
final class SceneData {
  private final SpriteSet sprites;
  private final ScenePlanner planner;
  private final SceneComposer composer;
  private final Map<String, Integer> concepts = new LinkedHashMap<>();

  /** A picture to be tokenized in the step. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Drawing(String caption, byte[] picture) {}

  /**
   * @param size side of the pictures in pixels
   * @param altered part of the scenes by another hand, 0..1
   */
  SceneData(SpriteSet sprites, int size, double altered) {
    this.sprites = sprites;
    this.planner = new ScenePlanner(sprites, altered);
    this.composer = new SceneComposer(size);
    sprites.concepts().forEach(concept -> concepts.put(concept, concepts.size()));
  }

  /** The sprites of training in {@code folder}. */
  static SpriteSet sprites(TrainingConfig config, Section data) {
    return SpriteSet.read(TextData.existing(config, data, "folder"), Picture.Split.TRAIN);
  }

  /** {@code altered}; 0 if absent. */
  static double altered(Section data) {
    double altered = data.number("altered", 0);
    if (!(altered >= 0 && altered <= 1)) {
      throw data.wrong("altered", "is %s, not between 0 and 1".formatted(altered));
    }
    return altered;
  }

  int concepts() {
    return concepts.size();
  }

  int styles() {
    return sprites.styles().size();
  }

  /** Pixels of any scene. */
  byte[] picture(RandomGenerator random) {
    return composer.compose(planner.plan(random));
  }

  /**
   * A scene to draw.
   *
   * @param dropped part of the captions that are left empty, so that the model also learns to draw
   *     without one, for guidance
   */
  Drawing drawing(double dropped, RandomGenerator random) {
    Scene scene = planner.plan(random);
    String caption = SceneCaptions.caption(scene, random);
    return new Drawing(random.nextDouble() < dropped ? "" : caption, composer.compose(scene));
  }

  /** A scene with a question. */
  MmuExample asked(SceneQuestions questions, RandomGenerator random) {
    Scene scene = planner.plan(random);
    return new MmuExample(composer.compose(scene), questions.question(scene, random).turns());
  }

  /** A scene of one object with its caption and labels. */
  PictureExample labelled(RandomGenerator random) {
    Scene scene = planner.plan(Scene.Kind.SINGLE, random);
    Sprite sprite = scene.first().sprite();
    return new PictureExample(
        composer.compose(scene),
        SceneCaptions.caption(scene, random),
        concepts.getOrDefault(sprite.label().concept(), 0),
        sprites.styles().indexOf(sprite.label().style()),
        false);
  }

  /** Pictures of drawings, {@value ImageIds#PICTURES_INPUT} {@code [batch, size, size, 3]}. */
  Batch pictures(List<Drawing> drawings) {
    int bytes = 3 * composer.size() * composer.size();
    byte[] all = new byte[Math.multiplyExact(drawings.size(), bytes)];
    for (int row = 0; row < drawings.size(); row++) {
      System.arraycopy(drawings.get(row).picture(), 0, all, row * bytes, bytes);
    }
    return Batch.empty().with(ImageIds.PICTURES_INPUT, all);
  }
}
