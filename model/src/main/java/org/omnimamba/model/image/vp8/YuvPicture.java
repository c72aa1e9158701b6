package org.omnimamba.model.image.vp8;

/** A decoded frame: luma in full, both chroma components in half resolution. */
final class YuvPicture {
  private final int width;
  private final int height;
  private final Plane luma;
  private final Plane u;
  private final Plane v;

  /** A picture that is empty yet. */
  YuvPicture(int width, int height) {
    this.width = width;
    this.height = height;
    this.luma = new Plane(16 * columns(), 16 * rows());
    this.u = new Plane(8 * columns(), 8 * rows());
    this.v = new Plane(8 * columns(), 8 * rows());
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Macroblocks in a row. */
  int columns() {
    return (width + 15) / 16;
  }

  /** Rows of macroblocks. */
  int rows() {
    return (height + 15) / 16;
  }

  Plane luma() {
    return luma;
  }

  Plane u() {
    return u;
  }

  Plane v() {
    return v;
  }
}
