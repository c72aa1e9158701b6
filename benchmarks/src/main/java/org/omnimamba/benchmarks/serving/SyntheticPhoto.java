package org.omnimamba.benchmarks.serving;

import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.image.RgbImage;

/** Photos of a phone's shape, each number another one. */
final class SyntheticPhoto {
  static final int WIDTH = 1024;
  static final int HEIGHT = 768;
  private static final int QUALITY = 90;

  private SyntheticPhoto() {}

  /** Slopes of brightness that a camera could have seen, as JPEG. */
  static byte[] jpeg(int number) {
    return ImageEncoder.jpeg(pixels(number), QUALITY);
  }

  static RgbImage pixels(int number) {
    byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    int at = 0;
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        rgb[at++] = wave(x + y * (1 + number % 3) + 37 * number);
        rgb[at++] = wave(2 * x - y + 101 * number);
        rgb[at++] = wave(x / 2 + 3 * y + number);
      }
    }
    // numbers that give the same slopes still give another photo
    rgb[0] = (byte) number;
    rgb[WIDTH * 3 / 2] = (byte) (number >> 8);
    return new RgbImage(WIDTH, HEIGHT, rgb);
  }

  private static byte wave(int value) {
    int inside = Math.floorMod(value, 512);
    return (byte) (inside < 256 ? inside : 511 - inside);
  }
}
