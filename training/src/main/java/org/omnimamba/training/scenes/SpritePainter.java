package org.omnimamba.training.scenes;

import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.omnimamba.training.scenes.sprites.Hsv;
import org.omnimamba.training.scenes.sprites.NamedColour;
import org.omnimamba.training.scenes.sprites.Sprite;

/**
 * Gives sprites another colour: every pixel of the colour that the sprite has now, its shades
 * included, moves to the new one and keeps its lightness beside the others. Eyes, outlines and
 * leaves of other colours stay.
 */
final class SpritePainter {
  private static final float HUE_REACH = 28;
  private static final float LEAST_SATURATION = 0.25f;
  private static final float SHADES = 0.8f;
  private static final float JITTER = 0.06f;

  /** What already says a colour, or is only what it is in its own. */
  private static final Set<String> COLOUR_WORDS =
      Set.of(
          "red",
          "orange",
          "yellow",
          "green",
          "blue",
          "purple",
          "pink",
          "brown",
          "black",
          "white",
          "grey",
          "gray",
          "light",
          "dark",
          "rainbow",
          "tangerine",
          "gold",
          "silver",
          "golden");

  private SpritePainter() {}

  /** Whether another colour makes sense: it has one, and its name does not say which. */
  static boolean isPaintable(Sprite sprite) {
    return sprite.colour() != null && !namesColour(sprite.label().name());
  }

  /** Whether a name has a colour in it. */
  static boolean namesColour(String name) {
    for (String word : name.split(" ", -1)) {
      if (COLOUR_WORDS.contains(word)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The sprite in another colour, or null if the result would not be called by that name.
   *
   * @param random small differences of the colour
   */
  static @Nullable Sprite painted(Sprite sprite, NamedColour colour, RandomGenerator random) {
    NamedColour before = sprite.colour();
    if (before == null || before == colour) {
      return null;
    }
    float[] mean = mean(sprite, before);
    float[] target = Hsv.of(jittered(colour, random));
    int[] painted = new int[sprite.argb().length];
    for (int i = 0; i < painted.length; i++) {
      int pixel = sprite.argb()[i];
      painted[i] = pixel;
      if (pixel >>> 24 > 0) {
        float[] hsv = Hsv.of(pixel);
        if (belongs(before, pixel, hsv, mean)) {
          painted[i] = pixel & 0xff000000 | moved(hsv, mean, colour, target);
        }
      }
    }
    Sprite result = sprite.repainted(painted);
    return result.colour() == colour ? result : null;
  }

  /** A colour near the one that stands for the name, with the same name. */
  static int jittered(NamedColour colour, RandomGenerator random) {
    float[] hsv = Hsv.of(colour.rgb());
    for (int attempt = 0; attempt < 8; attempt++) {
      float hue = hsv[0] + (float) (random.nextDouble() - 0.5) * 16;
      float saturation = hsv[1] + (float) (random.nextDouble() - 0.5) * 4 * JITTER;
      float value = hsv[2] + (float) (random.nextDouble() - 0.5) * 3 * JITTER;
      int rgb = Hsv.rgb(hue, colour.isChromatic() ? saturation : hsv[1], value);
      if (NamedColour.of(rgb) == colour) {
        return rgb;
      }
    }
    return colour.rgb();
  }

  private static float[] mean(Sprite sprite, NamedColour colour) {
    double x = 0;
    double y = 0;
    double saturation = 0;
    double value = 0;
    int count = 0;
    for (int pixel : sprite.argb()) {
      if (pixel >>> 24 >= 128 && NamedColour.of(pixel) == colour) {
        float[] hsv = Hsv.of(pixel);
        x += Math.cos(Math.toRadians(hsv[0]));
        y += Math.sin(Math.toRadians(hsv[0]));
        saturation += hsv[1];
        value += hsv[2];
        count++;
      }
    }
    return new float[] {
      (float) Math.toDegrees(Math.atan2(y, x)),
      (float) (saturation / count),
      (float) (value / count)
    };
  }

  private static boolean belongs(NamedColour colour, int pixel, float[] hsv, float[] mean) {
    if (colour.isChromatic()) {
      float distance = Math.abs(hsv[0] - mean[0]) % 360;
      return hsv[1] > LEAST_SATURATION && Math.min(distance, 360 - distance) < HUE_REACH
          || NamedColour.of(pixel) == colour;
    }
    return switch (colour) {
      case WHITE -> hsv[1] < 0.12f && hsv[2] > 0.75f;
      case GREY -> hsv[1] < 0.22f && hsv[2] > 0.25f && hsv[2] < 0.92f;
      default -> hsv[2] < 0.32f;
    };
  }

  private static int moved(float[] hsv, float[] mean, NamedColour colour, float[] target) {
    float lighter = hsv[2] - mean[2];
    return switch (colour) {
      case WHITE -> Hsv.rgb(target[0], 0.03f, 0.97f + Math.min(0, lighter) * 0.5f);
      case BLACK -> Hsv.rgb(target[0], 0.05f, Math.max(0.03f, 0.12f + lighter * 0.25f));
      case GREY -> Hsv.rgb(target[0], 0.03f, target[2] + lighter * SHADES * 0.7f);
      default -> {
        float ratio = mean[1] > LEAST_SATURATION ? Math.min(1.3f, hsv[1] / mean[1]) : 1;
        yield Hsv.rgb(target[0], target[1] * ratio, target[2] + lighter * SHADES);
      }
    };
  }
}
