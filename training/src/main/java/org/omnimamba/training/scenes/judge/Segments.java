package org.omnimamba.training.scenes.judge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.omnimamba.model.image.RgbImage;

/**
 * A picture cut into its ground and the connected objects on it, by pixels alone.
 *
 * @param ground the ground's colour, {@code 0xRRGGBB}
 * @param objects from the largest to the smallest; specks are left out
 */
record Segments(int ground, List<Segment> objects) {
  /** How far a channel may be from the ground's and still belong to it. */
  private static final int TOLERANCE = 40;

  /** Part of the picture that an object covers at least. */
  private static final double LEAST_AREA = 0.006;

  /**
   * One object.
   *
   * @param left first column of its box
   * @param top first row of its box
   * @param right last column of its box
   * @param bottom last row of its box
   * @param pixels indices of its pixels in the picture
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Segment(int left, int top, int right, int bottom, int[] pixels) {
    double centreX() {
      return (left + right) / 2.0;
    }

    double centreY() {
      return (top + bottom) / 2.0;
    }
  }

  static Segments of(RgbImage image) {
    int width = image.width();
    int height = image.height();
    byte[] rgb = image.rgb();
    int ground = ground(rgb, width, height);
    boolean[] differs = new boolean[width * height];
    for (int i = 0; i < differs.length; i++) {
      differs[i] = distance(pixel(rgb, i), ground) > TOLERANCE;
    }
    List<Segment> objects = new ArrayList<>();
    boolean[] seen = new boolean[differs.length];
    boolean[] near = dilated(differs, width, height);
    for (int i = 0; i < near.length; i++) {
      if (near[i] && !seen[i]) {
        Segment segment = connected(near, differs, seen, width, i);
        if (segment.pixels().length >= LEAST_AREA * differs.length) {
          objects.add(segment);
        }
      }
    }
    objects.sort(Comparator.comparingInt((Segment each) -> -each.pixels().length));
    return new Segments(ground, objects);
  }

  /** The colour of a pixel of {@link RgbImage#rgb}, which copies: ask for it once a picture. */
  static int pixel(byte[] rgb, int index) {
    return (rgb[3 * index] & 255) << 16
        | (rgb[3 * index + 1] & 255) << 8
        | rgb[3 * index + 2] & 255;
  }

  private static int distance(int a, int b) {
    int red = Math.abs((a >> 16 & 255) - (b >> 16 & 255));
    int green = Math.abs((a >> 8 & 255) - (b >> 8 & 255));
    int blue = Math.abs((a & 255) - (b & 255));
    return Math.max(red, Math.max(green, blue));
  }

  /** The mean of what is most frequent along the edges: a large object touches some of them. */
  private static int ground(byte[] rgb, int width, int height) {
    int[] counts = new int[1 << 12];
    List<Integer> edge = new ArrayList<>();
    for (int i = 0; i < width * height; i++) {
      int x = i % width;
      int y = i / width;
      if (Math.min(Math.min(x, width - 1 - x), Math.min(y, height - 1 - y)) < 2) {
        int colour = pixel(rgb, i);
        edge.add(colour);
        counts[bin(colour)]++;
      }
    }
    int best = 0;
    for (int i = 1; i < counts.length; i++) {
      best = counts[i] > counts[best] ? i : best;
    }
    int mode = best;
    int[] members = edge.stream().mapToInt(Integer::intValue).filter(c -> bin(c) == mode).toArray();
    int ground = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int channel = shift;
      double mean = Arrays.stream(members).map(c -> c >> channel & 255).average().orElse(255);
      ground |= (int) Math.round(mean) << shift;
    }
    return ground;
  }

  private static int bin(int colour) {
    return (colour >> 20 & 15) << 8 | (colour >> 12 & 15) << 4 | colour >> 4 & 15;
  }

  private static boolean[] dilated(boolean[] mask, int width, int height) {
    boolean[] result = new boolean[mask.length];
    for (int i = 0; i < mask.length; i++) {
      if (mask[i]) {
        int x = i % width;
        int y = i / width;
        for (int dy = Math.max(0, y - 1); dy <= Math.min(height - 1, y + 1); dy++) {
          for (int dx = Math.max(0, x - 1); dx <= Math.min(width - 1, x + 1); dx++) {
            result[dy * width + dx] = true;
          }
        }
      }
    }
    return result;
  }

  private static Segment connected(
      boolean[] near, boolean[] differs, boolean[] seen, int width, int start) {
    int height = near.length / width;
    int left = width;
    int right = -1;
    int top = height;
    int bottom = -1;
    int count = 0;
    int[] pixels = new int[near.length];
    ArrayDeque<Integer> open = new ArrayDeque<>(List.of(start));
    seen[start] = true;
    while (!open.isEmpty()) {
      int at = open.remove();
      int x = at % width;
      int y = at / width;
      if (differs[at]) {
        pixels[count++] = at;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
      for (int[] step : new int[][] {{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
        int dx = x + step[0];
        int dy = y + step[1];
        int next = dy * width + dx;
        if (dx >= 0 && dy >= 0 && dx < width && dy < height && near[next] && !seen[next]) {
          seen[next] = true;
          open.add(next);
        }
      }
    }
    return new Segment(left, top, right, bottom, Arrays.copyOf(pixels, count));
  }
}
