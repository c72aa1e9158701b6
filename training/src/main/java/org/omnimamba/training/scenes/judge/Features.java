package org.omnimamba.training.scenes.judge;

import org.omnimamba.model.image.RgbImage;
import org.omnimamba.training.scenes.judge.Segments.Segment;

/**
 * What the judge compares objects by: where they differ from the ground, the directions of their
 * edges, and their colours. Position, size and the ground's colour do not count.
 */
final class Features {
  /** Length of a vector. */
  static final int COUNT;

  private static final int SIDE = 36;
  private static final int CELLS = 6;
  private static final int CELL = SIDE / CELLS;
  private static final int MASK = 12;
  private static final int DIRECTIONS = 8;
  private static final float COLOUR_WEIGHT = 0.5f;

  static {
    COUNT = MASK * MASK + CELLS * CELLS * (DIRECTIONS + 3);
  }

  private Features() {}

  /** Of one object of a picture. */
  static float[] of(RgbImage image, Segments segments, Segment object) {
    float[][] planes = cut(image, segments.ground(), object);
    float[] features = new float[COUNT];
    float[] mask = new float[MASK * MASK];
    float[] edges = new float[CELLS * CELLS * DIRECTIONS];
    float[] colours = new float[CELLS * CELLS * 3];
    int block = SIDE / MASK;
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int at = y * SIDE + x;
        mask[y / block * MASK + x / block] += planes[3][at];
        int cell = y / CELL * CELLS + x / CELL;
        for (int channel = 0; channel < 3; channel++) {
          colours[cell * 3 + channel] += planes[channel][at] * planes[3][at];
        }
        addEdge(edges, cell, planes, x, y);
      }
    }
    put(features, 0, mask, 1);
    put(features, mask.length, edges, 1.5f);
    put(features, mask.length + edges.length, colours, COLOUR_WEIGHT);
    return features;
  }

  private static void addEdge(float[] edges, int cell, float[][] planes, int x, int y) {
    // the object's own edges and its outline, whatever the ground is
    for (int plane = 0; plane < 4; plane++) {
      float dx = value(planes[plane], x + 1, y) - value(planes[plane], x - 1, y);
      float dy = value(planes[plane], x, y + 1) - value(planes[plane], x, y - 1);
      float strength = (float) Math.sqrt(dx * dx + dy * dy);
      if (strength > 0.02f) {
        // a light edge on dark is the same as a dark one on light
        double angle = (Math.atan2(dy, dx) / Math.PI + 1) % 1 * DIRECTIONS;
        int direction = (int) angle % DIRECTIONS;
        edges[cell * DIRECTIONS + direction] += strength * (plane == 3 ? 1 : 0.4f);
      }
    }
  }

  private static float value(float[] plane, int x, int y) {
    int column = Math.max(0, Math.min(SIDE - 1, x));
    return plane[Math.max(0, Math.min(SIDE - 1, y)) * SIDE + column];
  }

  /** Red, green and blue in 0..1 with grey as the ground, and how far each pixel is from it. */
  private static float[][] cut(RgbImage image, int ground, Segment object) {
    int width = image.width();
    byte[] rgb = image.rgb();
    boolean[] own = new boolean[width * image.height()];
    for (int pixel : object.pixels()) {
      own[pixel] = true;
    }
    double side = Math.max(object.right() - object.left(), object.bottom() - object.top()) + 1;
    double left = object.centreX() + 0.5 - side / 2;
    double top = object.centreY() + 0.5 - side / 2;
    float[][] planes = new float[4][SIDE * SIDE];
    int samples = 3;
    for (int i = 0; i < SIDE * SIDE * samples * samples; i++) {
      int sub = i % (samples * samples);
      int at = i / (samples * samples);
      double u = (at % SIDE + (sub % samples + 0.5) / samples) / SIDE;
      double v = (at / SIDE + (sub / samples + 0.5) / samples) / SIDE;
      int x = (int) Math.floor(left + u * side);
      int y = (int) Math.floor(top + v * side);
      boolean inside = x >= 0 && y >= 0 && x < width && y < image.height() && own[y * width + x];
      int colour = inside ? Segments.pixel(rgb, y * width + x) : 0x808080;
      float share = 1f / (samples * samples);
      planes[0][at] += share * (colour >> 16 & 255) / 255f;
      planes[1][at] += share * (colour >> 8 & 255) / 255f;
      planes[2][at] += share * (colour & 255) / 255f;
      planes[3][at] += inside ? share : 0;
    }
    return planes;
  }

  /** Scaled to the length {@code weight}; roots, so that few strong values do not decide alone. */
  private static void put(float[] features, int from, float[] part, float weight) {
    double squares = 1e-9;
    for (int i = 0; i < part.length; i++) {
      part[i] = (float) Math.sqrt(part[i]);
      squares += part[i] * part[i];
    }
    for (int i = 0; i < part.length; i++) {
      features[from + i] = (float) (weight * part[i] / Math.sqrt(squares));
    }
  }
}
