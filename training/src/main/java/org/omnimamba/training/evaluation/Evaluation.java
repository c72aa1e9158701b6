package org.omnimamba.training.evaluation;

import java.util.List;
import java.util.Map;

/**
 * What was measured.
 *
 * @param model its name
 * @param options how it was measured
 * @param reconstruction mean PSNR in decibel of pictures through their tokens and back
 * @param naming exact names
 * @param drawing pictures from captions; not of the unseen style, for which there is no word
 * @param examples some answers of each split
 */
public record Evaluation(
    String model,
    EvaluationOptions options,
    Map<Part, Double> reconstruction,
    Map<Part, Rate> naming,
    Map<Part, Drawing> drawing,
    Map<Part, List<Answer>> examples) {

  /** Pictures by what training knew of them. */
  public enum Part {
    SEEN("seen pairs"),
    HELD_OUT("held-out pairs"),
    UNSEEN("unseen style");

    private final String title;

    Part(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }

    String key() {
      return title.replace(' ', '_').replace('-', '_');
    }
  }

  /**
   * Drawn pictures, looked up among real ones.
   *
   * @param byFeatures by the towers' mean features
   * @param byPixels by pixels
   */
  public record Drawing(Lookup byFeatures, Lookup byPixels) {}

  /**
   * What is near a drawn picture.
   *
   * @param top1 the nearest real picture shows the asked concept
   * @param top5 one of the five nearest does
   * @param style the nearest one has the asked style
   */
  public record Lookup(Rate top1, Rate top5, Rate style) {}

  /**
   * An answer beside the picture's name.
   *
   * @param name of the picture's concept
   * @param style of the picture
   * @param answer the model's
   */
  public record Answer(String name, String style, String answer) {}
}
