package org.omnimamba.training.augmentation;

/**
 * How much pictures are altered while they are trained on. Every alteration is drawn anew for each
 * picture and step.
 *
 * @param mirror probability of a mirror image, for pictures that may be mirrored
 * @param zoom largest change of the size: 0.2 draws a factor from 0.8 to 1.2
 * @param stretch largest further change of width against height
 * @param shift largest shift, as a share of the side
 * @param hue largest turn of the hue, as a share of the full circle
 * @param saturation largest change of the saturation: 0.3 draws a factor from 0.7 to 1.3
 * @param brightness largest change of how dark the ink on the white paper is
 * @param paper probability that the white paper becomes light and coloured
 * @param cutout probability that a rectangle is wiped out
 * @param cutoutSide largest side of that rectangle, as a share of the side
 */
public record AugmentationSettings(
    float mirror,
    float zoom,
    float stretch,
    float shift,
    float hue,
    float saturation,
    float brightness,
    float paper,
    float cutout,
    float cutoutSide) {

  public AugmentationSettings {
    check("mirror", mirror);
    check("zoom", zoom);
    check("stretch", stretch);
    check("shift", shift);
    check("hue", hue);
    check("saturation", saturation);
    check("brightness", brightness);
    check("paper", paper);
    check("cutout", cutout);
    check("cutout_side", cutoutSide);
    if (zoom + stretch >= 1) {
      throw new IllegalArgumentException(
          "zoom and stretch together must be below 1, or a picture could vanish");
    }
  }

  /** No alteration. */
  public static AugmentationSettings none() {
    return new AugmentationSettings(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** Whether pictures are resampled. */
  boolean moves() {
    return mirror > 0 || zoom > 0 || stretch > 0 || shift > 0;
  }

  /** Whether colours change. */
  boolean colours() {
    return hue > 0 || saturation > 0 || brightness > 0;
  }

  private static void check(String name, float value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          "augmentation.%s must be between 0 and 1, is %s".formatted(name, value));
    }
  }
}
