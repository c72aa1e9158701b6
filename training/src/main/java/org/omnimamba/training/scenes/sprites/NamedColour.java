package org.omnimamba.training.scenes.sprites;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The colours that captions name. Colours between them have no name, so that names are certain. */
public enum NamedColour {
  RED(0xd8232a),
  ORANGE(0xf58220),
  YELLOW(0xfcd116),
  GREEN(0x3aa63a),
  BLUE(0x2f6fde),
  PURPLE(0x8a3fc4),
  PINK(0xf587b8),
  BROWN(0x7b4a24),
  BLACK(0x1c1c1e),
  WHITE(0xfafafa),
  GREY(0x8d9094);

  private final int rgb;

  NamedColour(int rgb) {
    this.rgb = rgb;
  }

  /** The colour that stands for the name, {@code 0xRRGGBB}. */
  public int rgb() {
    return rgb;
  }

  /** Lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it has a hue. */
  public boolean isChromatic() {
    return this != BLACK && this != WHITE && this != GREY;
  }

  /** The name of a colour {@code 0xRRGGBB}, or null where people would not agree. */
  public static @Nullable NamedColour of(int rgb) {
    float[] hsv = Hsv.of(rgb);
    float hue = hsv[0];
    float saturation = hsv[1];
    float value = hsv[2];
    if (value < 0.22f) {
      return BLACK;
    }
    if (saturation < 0.1f) {
      return value > 0.9f ? WHITE : value > 0.8f || value < 0.3f ? null : GREY;
    }
    if (saturation < 0.2f) {
      return value < 0.8f && value > 0.35f ? GREY : null;
    }
    return chromatic(hue, saturation, value);
  }

  private static @Nullable NamedColour chromatic(float hue, float saturation, float value) {
    if (hue >= 330 && saturation < 0.62f || hue >= 300 && hue < 345) {
      return value > 0.6f ? PINK : null;
    }
    if (hue < 12 || hue >= 345) {
      return saturation > 0.6f ? (value > 0.45f ? RED : null) : null;
    }
    if (hue < 43) {
      if (value < 0.62f) {
        return saturation > 0.35f ? BROWN : null;
      }
      return saturation > 0.6f && hue >= 19 && hue < 39 && value > 0.82f ? ORANGE : null;
    }
    if (hue < 66) {
      return saturation > 0.45f && value > 0.75f ? YELLOW : null;
    }
    if (hue < 82) {
      return null;
    }
    if (hue < 160) {
      return GREEN;
    }
    if (hue < 192) {
      return null;
    }
    if (hue < 250) {
      return saturation > 0.3f ? BLUE : null;
    }
    return saturation > 0.25f && hue >= 258 ? PURPLE : null;
  }
}
