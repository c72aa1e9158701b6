package org.omnimamba.model.image;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An immutable picture: 8 bits each of red, green and blue, row by row, {@code [height, width, 3]}.
 */
public final class RgbImage {
  private final int width;
  private final int height;
  private final byte[] rgb;

  /**
   * Copies {@code rgb}.
   *
   * @param rgb {@code [height, width, 3]}
   * @throws IllegalArgumentException if a side is not positive or the length does not fit
   */
  public RgbImage(int width, int height, byte[] rgb) {
    this(rgb.clone(), width, height);
  }

  private RgbImage(byte[] rgb, int width, int height) {
    if (width <= 0 || height <= 0) {
      throw new IllegalArgumentException(
          "an image needs positive sides, not %d x %d".formatted(width, height));
    }
    if (rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "%d x %d pixels take %d bytes, not %d"
              .formatted(width, height, 3L * width * height, rgb.length));
    }
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /** An image over {@code rgb} itself, which the caller must not touch again. */
  static RgbImage adopt(int width, int height, byte[] rgb) {
    return new RgbImage(rgb, width, height);
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** A copy of the bytes, {@code [height, width, 3]}. */
  public byte[] rgb() {
    return rgb.clone();
  }

  /** A read-only view of the bytes, {@code [height, width, 3]}. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(rgb).asReadOnlyBuffer();
  }

  /** The bytes themselves, for reading only. */
  byte[] shared() {
    return rgb;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RgbImage that
        && width == that.width
        && height == that.height
        && Arrays.equals(rgb, that.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return "RgbImage[%d x %d]".formatted(width, height);
  }
}
