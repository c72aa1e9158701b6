package org.omnimamba.model.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.omnimamba.model.image.InvalidImageException.Reason;

/**
 * Walks a WebP's chunks to its first picture and keeps that alone, as a file of the simple form:
 * alpha, which is dropped anyway, profiles, EXIF and further frames are left out.
 */
final class WebpScanner {
  private static final int FIRST_CHUNK = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int FRAME_HEADER = 16;
  private static final int LOSSLESS_SIGNATURE = 0x2f;

  /** As many as the lossless decoder reads ahead, and more. */
  private static final int FILLER_BYTES = 32;

  private final ByteReader in;
  private final ImageLimits limits;

  WebpScanner(byte[] bytes, ImageLimits limits) {
    this.in = new ByteReader(bytes);
    this.limits = limits;
  }

  ScannedImage scan() {
    if (in.startsWith(FIRST_CHUNK, "VP8X")) {
      return scanExtended();
    }
    in.require(0, CHUNK_HEADER + in.u32Little(4));
    return picture(FIRST_CHUNK);
  }

  private ScannedImage scanExtended() {
    int width = 1 + in.u24Little(FIRST_CHUNK + CHUNK_HEADER + 4);
    int height = 1 + in.u24Little(FIRST_CHUNK + CHUNK_HEADER + 7);
    limits.checkSize(width, height);
    long end = CHUNK_HEADER + in.u32Little(4);
    in.require(0, end);
    ScannedImage picture = picture(firstPicture(FIRST_CHUNK, (int) end));
    if (picture.width() != width || picture.height() != height) {
      throw new InvalidImageException(
          Reason.UNSUPPORTED, "the WebP's first frame does not cover its canvas");
    }
    return picture;
  }

  /** Position of the first VP8 or VP8L chunk, looked for inside the first animation frame too. */
  private int firstPicture(int from, int end) {
    int pos = from;
    while (pos + CHUNK_HEADER <= end) {
      if (in.startsWith(pos, "VP8 ") || in.startsWith(pos, "VP8L")) {
        return pos;
      }
      if (in.startsWith(pos, "ANMF")) {
        pos += CHUNK_HEADER + FRAME_HEADER;
      } else {
        pos = next(pos);
      }
    }
    throw damaged("it has no picture");
  }

  private int next(int pos) {
    long length = in.u32Little(pos + 4);
    in.require(pos, CHUNK_HEADER + length);
    return (int) (pos + CHUNK_HEADER + length + (length & 1));
  }

  private ScannedImage picture(int pos) {
    int data = pos + CHUNK_HEADER;
    long length = in.u32Little(pos + 4);
    in.require(data, length);
    int width;
    int height;
    if (in.startsWith(pos, "VP8 ")) {
      if ((in.u8(data) & 1) != 0 || in.u24Little(data + 3) != 0x2a019d) {
        throw damaged("it does not open with a key frame");
      }
      width = in.u16Little(data + 6) & 0x3fff;
      height = in.u16Little(data + 8) & 0x3fff;
    } else if (in.startsWith(pos, "VP8L")) {
      long bits = in.u32Little(data + 1);
      if (in.u8(data) != LOSSLESS_SIGNATURE || bits >>> 29 != 0) {
        throw damaged("its lossless header is wrong");
      }
      width = 1 + (int) (bits & 0x3fff);
      height = 1 + (int) (bits >> 14 & 0x3fff);
    } else {
      throw damaged("it has no picture");
    }
    limits.checkSize(width, height);
    boolean lossless = in.startsWith(pos, "VP8L");
    byte[] essence = simpleFile(pos, (int) length, lossless ? FILLER_BYTES : 0);
    ScannedImage image = ScannedImage.whole(ImageFormat.WEBP, width, height, essence);
    return lossless ? image.endingAt(FIRST_CHUNK + CHUNK_HEADER + (int) length) : image;
  }

  /** The picture alone, with {@code filler} zeros behind it that a whole picture does not need. */
  private byte[] simpleFile(int pos, int length, int filler) {
    int padded = length + (length & 1) + filler;
    ByteBuffer file =
        ByteBuffer.allocate(FIRST_CHUNK + CHUNK_HEADER + padded).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII));
    file.putInt(file.capacity() - CHUNK_HEADER);
    file.put("WEBP".getBytes(StandardCharsets.US_ASCII));
    file.put(in.bytes(), pos, CHUNK_HEADER + length);
    file.putInt(FIRST_CHUNK + 4, padded);
    return file.array();
  }

  private static InvalidImageException damaged(String what) {
    return new InvalidImageException(Reason.DAMAGED, "the WebP is damaged: " + what);
  }
}
