package org.omnimamba.training.scenes.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.training.scenes.Scene;
import org.omnimamba.training.scenes.Scene.Kind;
import org.omnimamba.training.scenes.SceneComposer;
import org.omnimamba.training.scenes.ScenePlanner;
import org.omnimamba.training.scenes.sprites.TinySprites;

/** Known answers: real scenes are right, those of other captions are not. */
class SceneJudgeTest {
  private static final int SCENES = 30;

  private static final SceneJudge JUDGE =
      new SceneJudge(SpriteClassifier.train(TinySprites.set(), 1), 1);

  private final SceneComposer composer = new SceneComposer(128);

  @ParameterizedTest
  @EnumSource(Kind.class)
  void realScenesAreRightAndShuffledOnesAreNot(Kind kind) {
    ScenePlanner planner = new ScenePlanner(TinySprites.set(), 0);
    SplittableRandom random = new SplittableRandom(21);
    List<Scene> scenes = new ArrayList<>();
    for (int i = 0; i < SCENES; i++) {
      scenes.add(planner.plan(kind, random));
    }
    int right = 0;
    int shuffled = 0;
    for (int i = 0; i < SCENES; i++) {
      RgbImage image = new RgbImage(128, 128, composer.compose(scenes.get(i)));
      right += JUDGE.judge(image, scenes.get(i)).all() ? 1 : 0;
      shuffled += JUDGE.judge(image, scenes.get((i + 1) % SCENES)).all() ? 1 : 0;
    }
    assertThat(right).isGreaterThanOrEqualTo(SCENES * 9 / 10);
    assertThat(shuffled).isLessThanOrEqualTo(SCENES / 5);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void anEmptyPictureShowsNothing(Kind kind) {
    byte[] white = new byte[3 * 128 * 128];
    java.util.Arrays.fill(white, (byte) 255);
    Scene scene = new ScenePlanner(TinySprites.set(), 0).plan(kind, new SplittableRandom(2));
    SceneJudge.Verdict verdict = JUDGE.judge(new RgbImage(128, 128, white), scene);
    assertThat(verdict.count()).isFalse();
    assertThat(verdict.named()).isFalse();
    assertThat(verdict.placed()).isFalse();
  }
}
