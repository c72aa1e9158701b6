package org.omnimamba.model.image;

import org.omnimamba.model.image.InvalidImageException.Reason;

/** Walks a GIF's blocks to the end of its first frame. */
final class GifScanner {
  private static final int SCREEN = 6;
  private static final int AFTER_SCREEN = 13;
  private static final int EXTENSION = 0x21;
  private static final int GRAPHIC_CONTROL = 0xf9;
  private static final int IMAGE = 0x2c;
  private static final int TRAILER = 0x3b;
  private static final int IMAGE_DESCRIPTOR = 10;
  private static final int INTERLACED = 0x40;
  private static final int PALETTE_BYTES = 3 * 256;
  private static final int NONE = -1;

  private final ByteReader in;
  private final ImageLimits limits;
  private int transparent = NONE;

  GifScanner(byte[] bytes, ImageLimits limits) {
    this.in = new ByteReader(bytes);
    this.limits = limits;
  }

  ScannedImage scan() {
    int screenWidth = in.u16Little(SCREEN);
    int screenHeight = in.u16Little(SCREEN + 2);
    limits.checkSize(screenWidth, screenHeight);
    int flags = in.u8(SCREEN + 4);
    int frame = firstFrame(AFTER_SCREEN + paletteBytes(flags));
    int x = in.u16Little(frame + 1);
    int y = in.u16Little(frame + 3);
    int width = in.u16Little(frame + 5);
    int height = in.u16Little(frame + 7);
    limits.checkSize(width, height);
    // a frame that sticks out widens the screen
    int canvasWidth = Math.max(screenWidth, x + width);
    int canvasHeight = Math.max(screenHeight, y + height);
    limits.checkSize(canvasWidth, canvasHeight);

    int frameFlags = in.u8(frame + 9);
    int data = frame + IMAGE_DESCRIPTOR + paletteBytes(frameFlags);
    byte[] palette =
        paletteBytes(frameFlags) > 0
            ? palette(frame + IMAGE_DESCRIPTOR, paletteBytes(frameFlags))
            : palette(AFTER_SCREEN, paletteBytes(flags));
    endOfSubBlocks(data + 1);
    boolean interlaced = (frameFlags & INTERLACED) != 0;
    return new ScannedImage(
        ImageFormat.GIF,
        canvasWidth,
        canvasHeight,
        new FramePlacement(x, y, width, height),
        Orientation.UPRIGHT,
        new GifFrame(in, data, width, height, interlaced, palette, transparent));
  }

  private static int paletteBytes(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 * (2 << (flags & 7));
  }

  private int firstFrame(int from) {
    int pos = from;
    while (true) {
      int block = in.u8(pos);
      if (block == IMAGE) {
        in.require(pos, IMAGE_DESCRIPTOR);
        return pos;
      }
      if (block == TRAILER) {
        throw damaged("it has no frame");
      }
      if (block != EXTENSION) {
        throw damaged("a block has an unknown type");
      }
      if (in.u8(pos + 1) == GRAPHIC_CONTROL && in.u8(pos + 2) >= 4) {
        transparent = (in.u8(pos + 3) & 1) != 0 ? in.u8(pos + 6) : NONE;
      }
      pos = endOfSubBlocks(pos + 2);
    }
  }

  /** Position after the block terminator. */
  private int endOfSubBlocks(int from) {
    int pos = from;
    int length = in.u8(pos);
    while (length != 0) {
      pos += 1 + length;
      length = in.u8(pos);
    }
    return pos + 1;
  }

  /** The palette at {@code from}, filled up with black; a grey ramp where the GIF has none. */
  private byte[] palette(int from, int length) {
    byte[] palette = new byte[PALETTE_BYTES];
    if (length == 0) {
      for (int i = 0; i < PALETTE_BYTES; i++) {
        palette[i] = (byte) (i / 3);
      }
      return palette;
    }
    in.require(from, length);
    System.arraycopy(in.bytes(), from, palette, 0, length);
    return palette;
  }

  private static InvalidImageException damaged(String what) {
    return new InvalidImageException(Reason.DAMAGED, "the GIF is damaged: " + what);
  }
}
