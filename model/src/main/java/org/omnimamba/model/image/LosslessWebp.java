package org.omnimamba.model.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Decodes the content of a WebP's {@code VP8L} chunk. */
final class LosslessWebp {
  static final int SIGNATURE = 0x2f;

  private static final int DATA = 20;

  /** As many as the decoder reads ahead, and more. */
  private static final int FILLER_BYTES = 32;

  private LosslessWebp() {}

  /**
   * The picture, with an alpha band if its header says so.
   *
   * <p>The decoder goes on after its data as if nothing were, so filler follows them. Its input
   * stands at the byte whose bits come next: past the first byte of filler it has surely read too
   * much, in that byte perhaps, and then other filler gives another picture.
   *
   * @throws InvalidImageException if the data end early or are damaged
   */
  static BufferedImage decode(byte[] content, int width, int height) {
    return PixelReader.guarded(ImageFormat.WEBP, () -> decodeWhole(content, width, height));
  }

  private static BufferedImage decodeWhole(byte[] content, int width, int height)
      throws IOException {
    byte[] file = simpleFile(content);
    int end = DATA + content.length;
    try (FollowedInput in = new FollowedInput(file)) {
      BufferedImage decoded = decode(in, width, height);
      if (in.furthest() < end) {
        return decoded;
      }
      Arrays.fill(file, end, file.length, (byte) 0xff);
      try (FollowedInput again = new FollowedInput(file)) {
        if (in.furthest() > end
            || !Arrays.equals(bytes(decoded), bytes(decode(again, width, height)))) {
          throw PixelReader.truncated(ImageFormat.WEBP, null);
        }
      }
      return decoded;
    }
  }

  private static BufferedImage decode(FollowedInput in, int width, int height) throws IOException {
    return PixelReader.read(ImageFormat.WEBP, in, width, height, reader -> reader.read(0));
  }

  private static byte[] bytes(BufferedImage image) {
    return ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
  }

  /** A file of nothing but the picture and filler. */
  private static byte[] simpleFile(byte[] content) {
    int padded = content.length + (content.length & 1) + FILLER_BYTES;
    ByteBuffer file = ByteBuffer.allocate(DATA + padded).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII));
    file.putInt(file.capacity() - 8);
    file.put("WEBPVP8L".getBytes(StandardCharsets.US_ASCII));
    file.putInt(padded);
    file.put(content);
    return file.array();
  }
}
