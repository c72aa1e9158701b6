package org.omnimamba.training.scenes.judge;

import java.util.List;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.training.scenes.Scene;
import org.omnimamba.training.scenes.text.SceneQuestions.Asked;

/** Who is measured: something that draws and answers. A model sees captions and questions alone. */
public interface Subject {

  /**
   * Something to draw.
   *
   * @param caption what is asked for
   * @param truth a scene that the caption is right for; not for models
   */
  record Commission(String caption, Scene truth) {}

  /**
   * A question about a picture.
   *
   * @param picture what is shown
   * @param asked the question, and the answer, which is not for models
   */
  record Inquiry(RgbImage picture, Asked asked) {}

  /**
   * Pictures in the commissions' order; those of equal captions may differ.
   *
   * @param seed of the drawing
   */
  List<RgbImage> draw(List<Commission> commissions, long seed);

  /** Answers in the inquiries' order. */
  List<String> answer(List<Inquiry> inquiries);
}
