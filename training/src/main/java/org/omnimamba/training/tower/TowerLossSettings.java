package org.omnimamba.training.tower;

/**
 * What counts how much when towers are trained.
 *
 * @param captions weight of picture against caption, both ways
 * @param concepts weight of naming the concept with a classifier that is dropped afterwards
 * @param styles weight of telling the style
 * @param smoothing share of the classifiers' targets that is spread over all answers
 */
public record TowerLossSettings(float captions, float concepts, float styles, float smoothing) {

  public TowerLossSettings {
    if (!(captions >= 0 && concepts >= 0 && styles >= 0) || captions + concepts + styles == 0) {
      throw new IllegalArgumentException(
          "the weights captions, concepts and styles must not be negative, and one be positive");
    }
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException("smoothing must be in [0, 1), is " + smoothing);
    }
  }

  /** As the demo model was trained. */
  public static TowerLossSettings defaults() {
    return new TowerLossSettings(0.5f, 1f, 0.2f, 0.1f);
  }
}
