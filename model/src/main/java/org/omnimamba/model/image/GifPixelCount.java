package org.omnimamba.model.image;

import org.omnimamba.model.image.InvalidImageException.Reason;

/**
 * Counts the pixels in a GIF frame's LZW data without expanding them, so that a frame with too few
 * is refused before it is decoded: the runtime's decoder would leave the rest black and say
 * nothing.
 */
final class GifPixelCount {
  private static final int MAX_BITS = 12;
  private static final int MIN_ROOT_BITS = 1;
  private static final int MAX_ROOT_BITS = 8;

  private final ByteReader in;
  private final int[] lengths = new int[1 << MAX_BITS];
  private int pos;
  private int blockLeft;
  private int bitBuffer;
  private int bitsHeld;

  private GifPixelCount(ByteReader in, int pos) {
    this.in = in;
    this.pos = pos;
  }

  /**
   * Fails unless the LZW data hold {@code pixels} pixels.
   *
   * @param data position of the byte that gives the root size
   */
  static void require(ByteReader in, int data, long pixels) {
    int rootBits = in.u8(data);
    if (rootBits < MIN_ROOT_BITS || rootBits > MAX_ROOT_BITS) {
      throw damaged("its code size is " + rootBits);
    }
    long found = new GifPixelCount(in, data + 1).count(rootBits, pixels);
    if (found < pixels) {
      throw new InvalidImageException(
          Reason.TRUNCATED, "the GIF holds %d of %d pixels".formatted(found, pixels));
    }
  }

  private long count(int rootBits, long enough) {
    int clear = 1 << rootBits;
    int next = clear + 2;
    int bits = rootBits + 1;
    int previous = 0; // length of the string before, 0 after a clear
    long pixels = 0;
    for (int i = 0; i < clear; i++) {
      lengths[i] = 1;
    }
    while (pixels < enough) {
      int code = nextCode(bits);
      if (code < 0 || code == clear + 1) {
        break;
      }
      if (code == clear) {
        next = clear + 2;
        bits = rootBits + 1;
        previous = 0;
        continue;
      }
      if (code > next || (code >= clear && previous == 0)) {
        throw damaged("a code is used before it is defined");
      }
      if (previous > 0 && next < lengths.length) {
        lengths[next++] = previous + 1;
        if (next == 1 << bits && bits < MAX_BITS) {
          bits++;
        }
      } else if (code == next) {
        throw damaged("a code is used before it is defined");
      }
      previous = lengths[code];
      pixels += previous;
    }
    return pixels;
  }

  private int nextCode(int bits) {
    while (bitsHeld < bits) {
      if (blockLeft == 0) {
        blockLeft = in.u8(pos++);
        if (blockLeft == 0) {
          pos--;
          return -1;
        }
      }
      bitBuffer |= in.u8(pos++) << bitsHeld;
      bitsHeld += 8;
      blockLeft--;
    }
    int code = bitBuffer & ((1 << bits) - 1);
    bitBuffer >>>= bits;
    bitsHeld -= bits;
    return code;
  }

  private static InvalidImageException damaged(String what) {
    return new InvalidImageException(Reason.DAMAGED, "the GIF is damaged: " + what);
  }
}
