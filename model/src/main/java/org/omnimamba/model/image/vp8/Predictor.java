package org.omnimamba.model.image.vp8;

/** Predicts samples from their neighbours above and at the left (RFC 6386, section 12). */
final class Predictor {
  /** Place of the sample above and left among a sub-block's 13 neighbours. */
  private static final int CORNER = 4;

  private static final int NEIGHBOURS = 13;

  /** Each neighbour of a sub-block: 4 at the left from the lowest up, the corner, 8 above. */
  private final int[] edge = new int[NEIGHBOURS];

  /**
   * Predicts a whole macroblock's samples of one plane.
   *
   * @param size 16 for luma, 8 for chroma
   * @param column of the macroblock
   * @param row of the macroblock
   */
  static void predict(Plane plane, int mode, int size, int column, int row) {
    int at = plane.at(size * column, size * row);
    byte[] samples = plane.samples;
    int above = at - plane.stride;
    switch (mode) {
      case Macroblock.DC -> fill(plane, at, size, average(plane, at, size, column > 0, row > 0));
      case Macroblock.VERTICAL -> {
        for (int y = 0; y < size; y++) {
          System.arraycopy(samples, above, samples, at + y * plane.stride, size);
        }
      }
      case Macroblock.HORIZONTAL -> {
        for (int y = 0; y < size; y++) {
          int start = at + y * plane.stride;
          java.util.Arrays.fill(samples, start, start + size, samples[start - 1]);
        }
      }
      default -> trueMotion(plane, at, size);
    }
  }

  private static int average(Plane plane, int at, int size, boolean hasLeft, boolean hasAbove) {
    int sum = 0;
    int count = 0;
    if (hasAbove) {
      for (int x = 0; x < size; x++) {
        sum += plane.samples[at - plane.stride + x] & 0xff;
      }
      count += size;
    }
    if (hasLeft) {
      for (int y = 0; y < size; y++) {
        sum += plane.samples[at + y * plane.stride - 1] & 0xff;
      }
      count += size;
    }
    return count == 0 ? 128 : (sum + count / 2) / count;
  }

  private static void fill(Plane plane, int at, int size, int value) {
    for (int y = 0; y < size; y++) {
      int start = at + y * plane.stride;
      java.util.Arrays.fill(plane.samples, start, start + size, (byte) value);
    }
  }

  private static void trueMotion(Plane plane, int at, int size) {
    byte[] samples = plane.samples;
    int above = at - plane.stride;
    int corner = samples[above - 1] & 0xff;
    for (int y = 0; y < size; y++) {
      int start = at + y * plane.stride;
      int difference = (samples[start - 1] & 0xff) - corner;
      for (int x = 0; x < size; x++) {
        samples[start + x] = (byte) Transforms.clamp((samples[above + x] & 0xff) + difference);
      }
    }
  }

  /**
   * Predicts 4 x 4 samples of luma.
   *
   * @param at index of the first of them
   * @param aboveRight index of the four samples that continue the row above
   */
  void predictSubBlock(Plane plane, int mode, int at, int aboveRight) {
    int above = at - plane.stride;
    for (int i = 0; i < 4; i++) {
      edge[3 - i] = plane.samples[at + i * plane.stride - 1] & 0xff;
      edge[CORNER + 1 + i] = plane.samples[above + i] & 0xff;
      edge[CORNER + 5 + i] = plane.samples[aboveRight + i] & 0xff;
    }
    edge[CORNER] = plane.samples[above - 1] & 0xff;
    switch (mode) {
      case 0 -> fill(plane, at, 4, (sum(0) + sum(CORNER + 1) + 4) >> 3);
      case 1 -> trueMotion(plane, at, 4);
      default -> {
        for (int y = 0; y < 4; y++) {
          for (int x = 0; x < 4; x++) {
            plane.samples[at + y * plane.stride + x] = (byte) directional(mode, x, y);
          }
        }
      }
    }
  }

  private int sum(int from) {
    return edge[from] + edge[from + 1] + edge[from + 2] + edge[from + 3];
  }

  private int directional(int mode, int x, int y) {
    return switch (mode) {
      case 2 -> smooth(CORNER + 1 + x);
      case 3 -> smooth(3 - y);
      case 4 -> smooth(CORNER + 2 + x + y);
      case 5 -> smooth(CORNER + x - y);
      case 6 -> verticalRight(x, y);
      case 7 -> verticalLeft(x, y);
      case 8 -> horizontalDown(x, y);
      default -> horizontalUp(x, y);
    };
  }

  private int verticalRight(int x, int y) {
    int along = 2 * x - y;
    if (along < -1) {
      return smooth(CORNER + 1 - y);
    }
    int at = CORNER + x - (y >> 1);
    return (along & 1) == 0 ? mean(at) : smooth(at);
  }

  private int verticalLeft(int x, int y) {
    if (x == 3 && y >= 2) {
      return smooth(y == 2 ? 10 : 11);
    }
    int at = CORNER + 1 + x + (y >> 1);
    return (y & 1) == 0 ? mean(at) : smooth(at + 1);
  }

  private int horizontalDown(int x, int y) {
    int along = 2 * y - x;
    if (along < -1) {
      return smooth(CORNER - 1 + x);
    }
    int at = CORNER - y + (x >> 1);
    return (along & 1) == 0 ? mean(at - 1) : smooth(at);
  }

  private int horizontalUp(int x, int y) {
    int along = x + 2 * y;
    if (along > 5) {
      return edge[0];
    }
    int at = 3 - (along >> 1);
    return (along & 1) == 0 ? mean(at - 1) : smooth(at - 1);
  }

  /** Two neighbours' mean. */
  private int mean(int at) {
    return (edge[at] + edge[at + 1] + 1) >> 1;
  }

  /** A neighbour, smoothed with those beside it; the ends count twice. */
  private int smooth(int at) {
    int before = edge[Math.max(0, at - 1)];
    int after = edge[Math.min(NEIGHBOURS - 1, at + 1)];
    return (before + 2 * edge[at] + after + 2) >> 2;
  }
}
