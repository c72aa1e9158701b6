package org.omnimamba.model.image;

import java.io.ByteArrayOutputStream;
import org.omnimamba.model.image.InvalidImageException.Reason;

/**
 * Walks a GIF's blocks to the end of its first frame and writes that frame anew as a GIF of its
 * own: the frame is the whole screen and its palette the only one, filled up to 256 colours so that
 * no index lies outside. Where the frame leaves the screen free, Pillow shows the transparent
 * colour or else colour 0.
 */
final class GifScanner {
  private static final int SCREEN = 6;
  private static final int AFTER_SCREEN = 13;
  private static final int EXTENSION = 0x21;
  private static final int GRAPHIC_CONTROL = 0xf9;
  private static final int IMAGE = 0x2c;
  private static final int TRAILER = 0x3b;
  private static final int IMAGE_DESCRIPTOR = 10;
  private static final int PALETTE_BYTES = 3 * 256;
  private static final int WITH_256_COLOURS = 0xf7;

  private final ByteReader in;
  private final ImageLimits limits;
  private int backgroundIndex;

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
    int end = endOfSubBlocks(data + 1);
    GifPixelCount.require(in, data, (long) width * height);
    return ScannedImage.whole(
            ImageFormat.GIF, width, height, singleFrame(frame, palette, data, end))
        .on(
            canvasWidth,
            canvasHeight,
            new FramePlacement(x, y, width, height, colour(palette, backgroundIndex)));
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
        boolean transparent = (in.u8(pos + 3) & 1) != 0;
        backgroundIndex = transparent ? in.u8(pos + 6) : 0;
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

  private static int colour(byte[] palette, int index) {
    return (palette[3 * index] & 0xff) << 16
        | (palette[3 * index + 1] & 0xff) << 8
        | (palette[3 * index + 2] & 0xff);
  }

  private byte[] singleFrame(int frame, byte[] palette, int data, int end) {
    byte[] bytes = in.bytes();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream(AFTER_SCREEN + PALETTE_BYTES + end - data);
    out.write(bytes, 0, SCREEN);
    out.write(bytes, frame + 5, 4);
    out.write(WITH_256_COLOURS);
    out.write(0);
    out.write(0);
    out.writeBytes(palette);
    out.write(IMAGE);
    for (int i = 0; i < 4; i++) {
      out.write(0);
    }
    out.write(bytes, frame + 5, 4);
    out.write(in.u8(frame + 9) & 0x40); // interlaced or not
    out.write(bytes, data, end - data);
    out.write(TRAILER);
    return out.toByteArray();
  }

  private static InvalidImageException damaged(String what) {
    return new InvalidImageException(Reason.DAMAGED, "the GIF is damaged: " + what);
  }
}
