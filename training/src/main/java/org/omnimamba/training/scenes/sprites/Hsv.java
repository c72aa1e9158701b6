package org.omnimamba.training.scenes.sprites;

/** Hue in 0..360, saturation and value in 0..1. */
public final class Hsv {
  private static final float PEAK = 255;

  private Hsv() {}

  /** Of {@code 0xRRGGBB}; higher bits do not count. */
  public static float[] of(int rgb) {
    float red = (rgb >> 16 & 255) / PEAK;
    float green = (rgb >> 8 & 255) / PEAK;
    float blue = (rgb & 255) / PEAK;
    float high = Math.max(red, Math.max(green, blue));
    float span = high - Math.min(red, Math.min(green, blue));
    float hue;
    if (span == 0) {
      hue = 0;
    } else if (high == red) {
      hue = 60 * ((green - blue) / span);
    } else if (high == green) {
      hue = 60 * ((blue - red) / span + 2);
    } else {
      hue = 60 * ((red - green) / span + 4);
    }
    return new float[] {hue < 0 ? hue + 360 : hue, high == 0 ? 0 : span / high, high};
  }

  /**
   * {@code 0xRRGGBB}.
   *
   * @param hue any; taken modulo 360
   * @param saturation is brought into 0..1
   * @param value is brought into 0..1
   */
  public static int rgb(float hue, float saturation, float value) {
    float s = Math.min(1, Math.max(0, saturation));
    float v = Math.min(1, Math.max(0, value));
    return channel(hue, s, v, 5) << 16 | channel(hue, s, v, 3) << 8 | channel(hue, s, v, 1);
  }

  private static int channel(float hue, float saturation, float value, int n) {
    float k = (n + hue / 60) % 6;
    k = k < 0 ? k + 6 : k;
    float part = Math.max(0, Math.min(1, Math.min(k, 4 - k)));
    return Math.round(PEAK * (value - value * saturation * part));
  }
}
