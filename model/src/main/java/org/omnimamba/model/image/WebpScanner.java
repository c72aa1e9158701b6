package org.omnimamba.model.image;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.image.InvalidImageException.Reason;

/**
 * Walks a WebP's chunks: to its first picture, with the alpha that belongs to it, and on to EXIF.
 * Profiles and further frames are passed over.
 */
final class WebpScanner {
  private static final int FIRST_CHUNK = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int FRAME_HEADER = 16;
  private static final int KEY_FRAME_BYTES = 10;
  private static final int LOSSLESS_BYTES = 5;

  private final ByteReader in;
  private final ImageLimits limits;
  private int alpha;
  private Orientation orientation = Orientation.UPRIGHT;

  WebpScanner(byte[] bytes, ImageLimits limits) {
    this.in = new ByteReader(bytes);
    this.limits = limits;
  }

  ScannedImage scan() {
    long end = CHUNK_HEADER + in.u32Little(4);
    if (in.startsWith(FIRST_CHUNK, "VP8X")) {
      return scanExtended(end);
    }
    in.require(0, end);
    WebpFrame frame = picture(FIRST_CHUNK);
    return ScannedImage.whole(
        ImageFormat.WEBP, frame.width(), frame.height(), Orientation.UPRIGHT, frame);
  }

  private ScannedImage scanExtended(long end) {
    int width = 1 + in.u24Little(FIRST_CHUNK + CHUNK_HEADER + 4);
    int height = 1 + in.u24Little(FIRST_CHUNK + CHUNK_HEADER + 7);
    limits.checkSize(width, height);
    in.require(0, end);
    FramePlacement placement = new FramePlacement(0, 0, width, height);
    WebpFrame picture = null;
    int pos = FIRST_CHUNK;
    while (pos + CHUNK_HEADER <= end) {
      int next = next(pos, picture == null, end);
      if (picture == null && in.startsWith(pos, "ANMF")) {
        placement = placement(pos + CHUNK_HEADER, width, height);
        picture = firstPicture(pos + CHUNK_HEADER + FRAME_HEADER, next);
      } else if (picture == null && isPicture(pos)) {
        picture = picture(pos);
      } else {
        note(pos, next);
      }
      pos = next;
    }
    if (picture == null) {
      throw damaged("it has no picture");
    }
    if (picture.width() != placement.width() || picture.height() != placement.height()) {
      throw damaged("its picture has another size than its header says");
    }
    return new ScannedImage(ImageFormat.WEBP, width, height, placement, orientation, picture);
  }

  private boolean isPicture(int pos) {
    return in.startsWith(pos, "VP8 ") || in.startsWith(pos, "VP8L");
  }

  /** The picture among the chunks of an animation's frame. */
  private @Nullable WebpFrame firstPicture(int from, int end) {
    alpha = 0;
    int pos = from;
    while (pos + CHUNK_HEADER <= end) {
      if (isPicture(pos)) {
        return picture(pos);
      }
      note(pos, end);
      pos = next(pos, true, end);
    }
    return null;
  }

  private FramePlacement placement(int header, int canvasWidth, int canvasHeight) {
    in.require(header, FRAME_HEADER);
    int x = 2 * in.u24Little(header);
    int y = 2 * in.u24Little(header + 3);
    int width = 1 + in.u24Little(header + 6);
    int height = 1 + in.u24Little(header + 9);
    if (x + width > canvasWidth || y + height > canvasHeight) {
      throw damaged("a frame sticks out of its canvas");
    }
    return new FramePlacement(x, y, width, height);
  }

  /** Remembers what belongs to the picture beside its pixels. */
  private void note(int pos, int end) {
    if (in.startsWith(pos, "ALPH")) {
      alpha = pos;
    } else if (in.startsWith(pos, "EXIF")) {
      int from = pos + CHUNK_HEADER;
      long length = Math.min(in.u32Little(pos + 4), Math.max(0, end - from));
      orientation = Orientation.of(in.copy(from, length));
    }
  }

  /**
   * Position of the chunk after this one.
   *
   * @param needed whether it is an error that the chunk goes past the end; else it is the last one
   */
  private int next(int pos, boolean needed, long end) {
    long length = in.u32Little(pos + 4);
    long next = pos + CHUNK_HEADER + length + (length & 1);
    if (needed) {
      in.require(pos, CHUNK_HEADER + length);
    }
    return (int) Math.min(next, Math.max(end, pos + CHUNK_HEADER));
  }

  private WebpFrame picture(int pos) {
    int data = pos + CHUNK_HEADER;
    long length = in.u32Little(pos + 4);
    in.require(data, length);
    boolean lossless = in.startsWith(pos, "VP8L");
    int width;
    int height;
    if (lossless) {
      requireAtLeast(length, LOSSLESS_BYTES);
      long bits = in.u32Little(data + 1);
      if (in.u8(data) != LosslessWebp.SIGNATURE || bits >>> 29 != 0) {
        throw damaged("its lossless header is wrong");
      }
      width = 1 + (int) (bits & 0x3fff);
      height = 1 + (int) (bits >> 14 & 0x3fff);
    } else if (in.startsWith(pos, "VP8 ")) {
      requireAtLeast(length, KEY_FRAME_BYTES);
      if ((in.u8(data) & 1) != 0 || in.u24Little(data + 3) != 0x2a019d) {
        throw damaged("it does not open with a key frame");
      }
      width = in.u16Little(data + 6) & 0x3fff;
      height = in.u16Little(data + 8) & 0x3fff;
    } else {
      throw damaged("it has no picture");
    }
    limits.checkSize(width, height);
    byte[] alphaContent =
        lossless || alpha == 0 ? null : in.copy(alpha + CHUNK_HEADER, in.u32Little(alpha + 4));
    return new WebpFrame(lossless, in.copy(data, length), alphaContent, width, height);
  }

  private static void requireAtLeast(long length, int needed) {
    if (length < needed) {
      throw new InvalidImageException(
          Reason.TRUNCATED, "the WebP's picture has %d bytes".formatted(length));
    }
  }

  private static InvalidImageException damaged(String what) {
    return new InvalidImageException(Reason.DAMAGED, "the WebP is damaged: " + what);
  }
}
