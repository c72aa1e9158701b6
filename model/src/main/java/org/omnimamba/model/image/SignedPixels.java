package org.omnimamba.model.image;

/**
 * Between 8-bit pixels and the values -1..1 that the image tokenizer works with, {@code [height,
 * width, 3]}.
 */
public final class SignedPixels {
  private SignedPixels() {}

  /** {@code (value / 255 - 0.5) / 0.5}, as the reference normalises pictures for its tokenizer. */
  public static float[] of(RgbImage image) {
    byte[] rgb = image.shared();
    float[] values = new float[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      values[i] = ((rgb[i] & 0xff) / 255f - 0.5f) / 0.5f;
    }
    return values;
  }

  /**
   * The picture as the reference saves it (torchvision's {@code save_image} with {@code normalize}
   * and the range -1..1): clamped, mapped to 0..1, times 255, rounded half up.
   *
   * @param values many pictures in a row
   * @param offset where this one begins
   * @throws IllegalArgumentException if a value is not a number
   */
  public static RgbImage toImage(float[] values, int offset, int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      float value = values[offset + i];
      if (Float.isNaN(value)) {
        throw new IllegalArgumentException("pixel value %d is not a number".formatted(i));
      }
      float unit = (Math.max(-1f, Math.min(1f, value)) + 1f) / 2f;
      rgb[i] = (byte) (int) (unit * 255f + 0.5f);
    }
    return RgbImage.adopt(width, height, rgb);
  }
}
