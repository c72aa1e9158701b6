package org.omnimamba.training.scenes;

import java.util.random.RandomGenerator;
import org.omnimamba.training.scenes.sprites.Hsv;
import org.omnimamba.training.scenes.sprites.Sprite;

/**
 * Another hand: how all sprites of a scene are redrawn so that styles which were never seen are no
 * surprise.
 *
 * @param outline width of a line around each object in pixels of the sprite; 0 for none
 * @param ink the line's colour, {@code 0xRRGGBB}
 * @param levels steps that are left of each channel's shades; 0 leaves all
 * @param thicker whether dark strokes become one pixel thicker on each side
 * @param hue degrees by which hues turn
 * @param saturation factor
 * @param value factor
 */
record Alteration(
    int outline, int ink, int levels, boolean thicker, float hue, float saturation, float value) {

  private static final int DARK = 110;
  private static final int WIDEST = 3;

  /** Something of everything, each by chance. */
  static Alteration random(RandomGenerator random) {
    boolean outlined = random.nextDouble() < 0.5;
    return new Alteration(
        outlined ? 1 + random.nextInt(WIDEST) : 0,
        random.nextDouble() < 0.8 ? 0x0c0c10 : random.nextInt(0x404040),
        random.nextDouble() < 0.4 ? 3 + random.nextInt(4) : 0,
        random.nextDouble() < 0.3,
        (float) (random.nextDouble() - 0.5) * 24,
        0.55f + 0.8f * (float) random.nextDouble(),
        0.8f + 0.35f * (float) random.nextDouble());
  }

  /** The sprite as this hand draws it. */
  Sprite apply(Sprite sprite) {
    int[] argb = shifted(sprite.argb());
    if (thicker) {
      argb = thickened(argb, sprite.width());
    }
    return outline == 0 ? sprite.repainted(argb) : outlined(sprite, argb);
  }

  private int[] shifted(int[] argb) {
    int[] result = new int[argb.length];
    for (int i = 0; i < argb.length; i++) {
      if (argb[i] >>> 24 > 0) {
        float[] hsv = Hsv.of(argb[i]);
        int rgb = Hsv.rgb(hsv[0] + hue, hsv[1] * saturation, hsv[2] * value);
        result[i] = argb[i] & 0xff000000 | (levels > 0 ? flattened(rgb) : rgb);
      }
    }
    return result;
  }

  private int flattened(int rgb) {
    return level(rgb >> 16 & 255) << 16 | level(rgb >> 8 & 255) << 8 | level(rgb & 255);
  }

  private int level(int channel) {
    return Math.round(channel * (levels - 1) / 255f) * 255 / (levels - 1);
  }

  private static int light(int pixel) {
    return ((pixel >> 16 & 255) * 3 + (pixel >> 8 & 255) * 6 + (pixel & 255)) / 10;
  }

  /** Dark pixels spread to their neighbours. */
  private static int[] thickened(int[] argb, int width) {
    int[] result = argb.clone();
    int height = argb.length / width;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int darkest = argb[y * width + x];
        for (int dy = Math.max(0, y - 1); dy <= Math.min(height - 1, y + 1); dy++) {
          for (int dx = Math.max(0, x - 1); dx <= Math.min(width - 1, x + 1); dx++) {
            int other = argb[dy * width + dx];
            if (other >>> 24 == 255 && light(other) < DARK && light(other) < light(darkest)) {
              darkest = other;
            }
          }
        }
        result[y * width + x] = argb[y * width + x] & 0xff000000 | darkest & 0xffffff;
      }
    }
    return result;
  }

  /** Ink below the sprite wherever a covered pixel is near. */
  private Sprite outlined(Sprite sprite, int[] argb) {
    int width = sprite.width() + 2 * outline;
    int height = sprite.height() + 2 * outline;
    int[] result = new int[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int reach = reach(argb, sprite.width(), sprite.height(), x - outline, y - outline);
        int own = pixel(argb, sprite.width(), sprite.height(), x - outline, y - outline);
        result[y * width + x] = over(own, reach << 24 | ink & 0xffffff);
      }
    }
    return sprite.redrawn(result, width, height);
  }

  private int reach(int[] argb, int width, int height, int x, int y) {
    int most = 0;
    for (int dy = -outline; dy <= outline; dy++) {
      for (int dx = -outline; dx <= outline; dx++) {
        if (dx * dx + dy * dy <= outline * outline + 1) {
          most = Math.max(most, pixel(argb, width, height, x + dx, y + dy) >>> 24);
        }
      }
    }
    return most;
  }

  private static int pixel(int[] argb, int width, int height, int x, int y) {
    return x < 0 || y < 0 || x >= width || y >= height ? 0 : argb[y * width + x];
  }

  private static int over(int top, int bottom) {
    int alpha = top >>> 24;
    int rest = (bottom >>> 24) * (255 - alpha) / 255;
    int sum = alpha + rest;
    if (sum == 0) {
      return 0;
    }
    int red = ((top >> 16 & 255) * alpha + (bottom >> 16 & 255) * rest) / sum;
    int green = ((top >> 8 & 255) * alpha + (bottom >> 8 & 255) * rest) / sum;
    int blue = ((top & 255) * alpha + (bottom & 255) * rest) / sum;
    return sum << 24 | red << 16 | green << 8 | blue;
  }
}
