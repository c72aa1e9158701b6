package org.omnimamba.model.image.vp8;

/** Smooths the edges of blocks (RFC 6386, section 15). */
final class LoopFilter {
  private static final int LUMA = 16;
  private static final int CHROMA = 8;

  private final FrameHeader header;
  private final YuvPicture picture;

  LoopFilter(FrameHeader header, YuvPicture picture) {
    this.header = header;
    this.picture = picture;
  }

  /**
   * Filters the left and upper edges of a macroblock and those inside it. Macroblocks must come row
   * by row from the left to the right.
   *
   * @param level 0 to 63; nothing happens at 0
   * @param inner whether edges inside are filtered too
   */
  void filter(int column, int row, int level, boolean inner) {
    if (level == 0) {
      return;
    }
    int interior = interiorLimit(level);
    int limit = 2 * level + interior;
    int highVariance = level >= 40 ? 2 : level >= 15 ? 1 : 0;
    Edges edges = new Edges(interior, highVariance, header.simpleFilter);
    edges.filter(picture.luma(), LUMA, column, row, limit, inner);
    if (!header.simpleFilter) {
      edges.filter(picture.u(), CHROMA, column, row, limit, inner);
      edges.filter(picture.v(), CHROMA, column, row, limit, inner);
    }
  }

  private int interiorLimit(int level) {
    int limit = level;
    if (header.sharpness > 0) {
      limit >>= header.sharpness > 4 ? 2 : 1;
      limit = Math.min(limit, 9 - header.sharpness);
    }
    return Math.max(1, limit);
  }

  /** The edges of one macroblock in one plane. */
  private record Edges(int interior, int highVariance, boolean simple) {

    void filter(Plane plane, int size, int column, int row, int limit, boolean inner) {
      int at = plane.at(size * column, size * row);
      int stride = plane.stride;
      if (column > 0) {
        along(plane.samples, at, 1, stride, size, 2 * (limit + 4) + 1, true);
      }
      for (int x = 4; inner && x < size; x += 4) {
        along(plane.samples, at + x, 1, stride, size, 2 * limit + 1, false);
      }
      if (row > 0) {
        along(plane.samples, at, stride, 1, size, 2 * (limit + 4) + 1, true);
      }
      for (int y = 4; inner && y < size; y += 4) {
        along(plane.samples, at + y * stride, stride, 1, size, 2 * limit + 1, false);
      }
    }

    /**
     * @param across step from sample to sample across the edge
     * @param next step to the next place along the edge
     * @param outer whether the edge lies between macroblocks
     */
    private void along(
        byte[] s, int start, int across, int next, int size, int threshold, boolean outer) {
      int at = start;
      for (int i = 0; i < size; i++, at += next) {
        if (!isWeak(s, at, across, threshold)) {
          continue;
        }
        if (simple || isHighVariance(s, at, across)) {
          twoSamples(s, at, across);
        } else if (outer) {
          sixSamples(s, at, across);
        } else {
          fourSamples(s, at, across);
        }
      }
    }

    /** Whether the edge is no more than coding may have made it. */
    private boolean isWeak(byte[] s, int at, int step, int threshold) {
      int p1 = s[at - 2 * step] & 0xff;
      int p0 = s[at - step] & 0xff;
      int q0 = s[at] & 0xff;
      int q1 = s[at + step] & 0xff;
      if (4 * Math.abs(p0 - q0) + Math.abs(p1 - q1) > threshold) {
        return false;
      }
      if (simple) {
        return true;
      }
      int p3 = s[at - 4 * step] & 0xff;
      int p2 = s[at - 3 * step] & 0xff;
      int q2 = s[at + 2 * step] & 0xff;
      int q3 = s[at + 3 * step] & 0xff;
      return Math.abs(p3 - p2) <= interior
          && Math.abs(p2 - p1) <= interior
          && Math.abs(p1 - p0) <= interior
          && Math.abs(q3 - q2) <= interior
          && Math.abs(q2 - q1) <= interior
          && Math.abs(q1 - q0) <= interior;
    }

    private boolean isHighVariance(byte[] s, int at, int step) {
      int p1 = s[at - 2 * step] & 0xff;
      int p0 = s[at - step] & 0xff;
      int q0 = s[at] & 0xff;
      int q1 = s[at + step] & 0xff;
      return Math.abs(p1 - p0) > highVariance || Math.abs(q1 - q0) > highVariance;
    }

    private static void twoSamples(byte[] s, int at, int step) {
      int a = 3 * difference(s, at, at - step) + signed(difference(s, at - 2 * step, at + step));
      change(s, at - step, eighth(a + 3));
      change(s, at, -eighth(a + 4));
    }

    private static void fourSamples(byte[] s, int at, int step) {
      int a = 3 * difference(s, at, at - step);
      int near = eighth(a + 4);
      int far = (near + 1) >> 1;
      change(s, at - 2 * step, far);
      change(s, at - step, eighth(a + 3));
      change(s, at, -near);
      change(s, at + step, -far);
    }

    private static void sixSamples(byte[] s, int at, int step) {
      int a =
          signed(
              3 * difference(s, at, at - step) + signed(difference(s, at - 2 * step, at + step)));
      int near = (27 * a + 63) >> 7;
      int middle = (18 * a + 63) >> 7;
      int far = (9 * a + 63) >> 7;
      change(s, at - 3 * step, far);
      change(s, at - 2 * step, middle);
      change(s, at - step, near);
      change(s, at, -near);
      change(s, at + step, -middle);
      change(s, at + 2 * step, -far);
    }

    private static int difference(byte[] s, int one, int other) {
      return (s[one] & 0xff) - (s[other] & 0xff);
    }

    private static int signed(int value) {
      return Math.max(-128, Math.min(127, value));
    }

    private static int eighth(int value) {
      return Math.max(-16, Math.min(15, value >> 3));
    }

    private static void change(byte[] s, int at, int by) {
      s[at] = (byte) Transforms.clamp((s[at] & 0xff) + by);
    }
  }
}
