package org.omnimamba.training.scenes.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.training.scenes.SceneComposer;
import org.omnimamba.training.scenes.sprites.SpriteSet;
import org.omnimamba.training.scenes.sprites.TinySprites;

/** Known answers: whoever does everything right gets all points, whoever errs gets few. */
class SceneEvaluationTest {
  private static final SpriteSet SPRITES = TinySprites.set();
  private static final int COUNT = 8;

  private static final SceneJudge JUDGE = new SceneJudge(SpriteClassifier.train(SPRITES, 1), 1);

  @Test
  void thePerfectSubjectIsRightAndTheWrongOneIsNot() {
    List<SceneMeasure> right = measure(new Perfect(0));
    List<SceneMeasure> wrong = measure(new Perfect(1));
    assertThat(right).hasSize(15);
    for (int i = 0; i < right.size(); i++) {
      SceneMeasure measure = right.get(i);
      if (measure.name().startsWith("four pictures")) {
        // the same picture four times is no variety
        assertThat(measure.percent()).isZero();
      } else {
        assertThat(measure.count()).as(measure.name()).isGreaterThanOrEqualTo(COUNT);
        assertThat(measure.percent()).as(measure.name()).isGreaterThanOrEqualTo(85);
        assertThat(wrong.get(i).percent()).as(measure.name()).isLessThan(measure.percent());
      }
      if (measure.real() != null) {
        assertThat(measure.real()).as(measure.name()).isEqualTo(measure.percent());
      }
    }
    String table = new SceneReport("tiny", 3, 1, right).markdown();
    assertThat(table).contains("| count drawn | ").contains("Seed 3");
    assertThat(new SceneReport("tiny", 3, 1, right).json()).contains("\"judge_real\"");
  }

  private static List<SceneMeasure> measure(Subject subject) {
    return new SceneEvaluation(
            new SceneEvaluation.Sprites(SPRITES, SPRITES, SPRITES), JUDGE, subject, COUNT, 3)
        .run(measure -> {});
  }

  /**
   * Draws the scene and gives the answer that belongs to another one.
   *
   * @param shift how far away that one is; 0 is perfect
   */
  private record Perfect(int shift) implements Subject {
    @Override
    public List<RgbImage> draw(List<Commission> commissions, long seed) {
      SceneComposer composer = new SceneComposer(128);
      List<RgbImage> pictures = new ArrayList<>();
      for (int i = 0; i < commissions.size(); i++) {
        Commission other = commissions.get((i + shift) % commissions.size());
        pictures.add(new RgbImage(128, 128, composer.compose(other.truth())));
      }
      return pictures;
    }

    @Override
    public List<String> answer(List<Inquiry> inquiries) {
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < inquiries.size(); i++) {
        answers.add("A " + inquiries.get((i + shift) % inquiries.size()).asked().answer() + ".");
      }
      return answers;
    }
  }
}
