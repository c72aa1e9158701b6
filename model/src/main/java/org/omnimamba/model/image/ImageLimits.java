package org.omnimamba.model.image;

import org.omnimamba.model.image.InvalidImageException.Reason;

/**
 * What an image from outside may measure. All of it is checked before pixels are decoded, so a
 * decoder's memory is bounded by about 16 bytes for each of {@code maxPixels}.
 *
 * @param maxBytes length of the encoded image
 * @param maxSide longest width or height in pixels
 * @param maxPixels largest width times height
 */
public record ImageLimits(int maxBytes, int maxSide, long maxPixels) {

  /** 20 MiB, sides up to 16,384 and 25 million pixels: any photo of a telephone's usual mode. */
  public static final ImageLimits DEFAULT = new ImageLimits(20 << 20, 16_384, 25_000_000L);

  /** Above this, arrays of three bytes a pixel can no longer be addressed. */
  private static final long ADDRESSABLE_PIXELS = Integer.MAX_VALUE / 4;

  public ImageLimits {
    if (maxBytes <= 0 || maxSide <= 0 || maxPixels <= 0) {
      throw new IllegalArgumentException(
          "image limits must be positive: %d bytes, side %d, %d pixels"
              .formatted(maxBytes, maxSide, maxPixels));
    }
    if (maxPixels > ADDRESSABLE_PIXELS) {
      throw new IllegalArgumentException(
          "an image limit of %d pixels is over %d".formatted(maxPixels, ADDRESSABLE_PIXELS));
    }
  }

  void checkBytes(int length) {
    if (length > maxBytes) {
      throw new InvalidImageException(
          Reason.TOO_MANY_BYTES,
          "the image has %d bytes; at most %d are taken".formatted(length, maxBytes));
    }
  }

  /** Holds a size as a header states it (unsigned, hence long) against the limits. */
  void checkSize(long width, long height) {
    if (width == 0 || height == 0) {
      throw new InvalidImageException(
          Reason.ZERO_SIZED, "the image is empty: %d x %d pixels".formatted(width, height));
    }
    if (width > maxSide || height > maxSide) {
      throw new InvalidImageException(
          Reason.TOO_LONG_SIDE,
          "the image is %d x %d pixels; a side may have at most %d"
              .formatted(width, height, maxSide));
    }
    if (width * height > maxPixels) {
      throw new InvalidImageException(
          Reason.TOO_MANY_PIXELS,
          "the image is %d x %d = %d pixels; at most %d are taken"
              .formatted(width, height, width * height, maxPixels));
    }
  }
}
