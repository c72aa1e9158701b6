package org.omnimamba.model.image;

import java.awt.image.Raster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.omnimamba.model.image.InvalidImageException.Reason;

/** Reads the content of a WebP's {@code ALPH} chunk: the opacity of a lossy picture's pixels. */
final class WebpAlpha {
  private static final int STORED = 0;
  private static final int LOSSLESS = 1;
  private static final int HORIZONTAL = 1;
  private static final int VERTICAL = 2;
  private static final int GRADIENT = 3;
  private static final int GREEN = 1;

  private WebpAlpha() {}

  /**
   * Opacities, {@code [height, width]}.
   *
   * @throws InvalidImageException if the data end early or are damaged
   */
  static byte[] decode(byte[] chunk, int width, int height) {
    if (chunk.length == 0) {
      throw PixelReader.truncated(ImageFormat.WEBP, null);
    }
    int compression = chunk[0] & 3;
    int filter = chunk[0] >> 2 & 3;
    byte[] content = Arrays.copyOfRange(chunk, 1, chunk.length);
    byte[] alpha =
        switch (compression) {
          case STORED -> stored(content, width * height);
          case LOSSLESS -> lossless(content, width, height);
          default ->
              throw new InvalidImageException(
                  Reason.DAMAGED, "the WebP is damaged: its alpha has an unknown compression");
        };
    unfilter(alpha, filter, width, height);
    return alpha;
  }

  private static byte[] stored(byte[] content, int length) {
    if (content.length < length) {
      throw PixelReader.truncated(ImageFormat.WEBP, null);
    }
    return Arrays.copyOf(content, length);
  }

  /** The green of a lossless picture whose header is left out. */
  private static byte[] lossless(byte[] content, int width, int height) {
    ByteBuffer picture = ByteBuffer.allocate(5 + content.length).order(ByteOrder.LITTLE_ENDIAN);
    picture.put((byte) LosslessWebp.SIGNATURE);
    picture.putInt(width - 1 | (height - 1) << 14);
    picture.put(content);
    Raster raster = LosslessWebp.decode(picture.array(), width, height).getRaster();
    byte[] alpha = new byte[width * height];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      raster.getSamples(0, y, width, 1, GREEN, row);
      for (int x = 0; x < width; x++) {
        alpha[y * width + x] = (byte) row[x];
      }
    }
    return alpha;
  }

  /** Adds to each value the prediction that the encoder took away. */
  private static void unfilter(byte[] alpha, int filter, int width, int height) {
    if (filter == 0) {
      return;
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        alpha[at] += (byte) prediction(alpha, filter, width, x, y);
      }
    }
  }

  private static int prediction(byte[] alpha, int filter, int width, int x, int y) {
    int at = y * width + x;
    int left = x > 0 ? alpha[at - 1] & 0xff : 0;
    int above = y > 0 ? alpha[at - width] & 0xff : 0;
    if (x == 0 || y == 0) {
      return filter == VERTICAL && y > 0 ? above : x > 0 ? left : above;
    }
    return switch (filter) {
      case HORIZONTAL -> left;
      case VERTICAL -> above;
      case GRADIENT -> Math.max(0, Math.min(255, left + above - (alpha[at - width - 1] & 0xff)));
      default -> throw new AssertionError(filter);
    };
  }
}
