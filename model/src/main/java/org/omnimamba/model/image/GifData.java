package org.omnimamba.model.image;

import org.omnimamba.model.image.InvalidImageException.Reason;

/**
 * Expands a GIF frame's LZW data. Written here because the runtime's decoder leaves missing pixels
 * black and refuses code sizes over 8, which Pillow reads.
 */
final class GifData {
  private static final int MAX_BITS = 12;
  private static final int MAX_ROOT_BITS = MAX_BITS - 1;

  private final ByteReader in;
  private final int[] lengths = new int[1 << MAX_BITS];
  private final int[] prefixes = new int[1 << MAX_BITS];
  private final byte[] firsts = new byte[1 << MAX_BITS];
  private final byte[] lasts = new byte[1 << MAX_BITS];
  private final byte[] pixels;
  private int filled;
  private int pos;
  private int blockLeft;
  private int bitBuffer;
  private int bitsHeld;

  private GifData(ByteReader in, int pos, int count) {
    this.in = in;
    this.pos = pos;
    this.pixels = new byte[count];
  }

  /**
   * Colour indices in stored order.
   *
   * @param data position of the byte that gives the root size
   * @param count pixels of the frame
   * @throws InvalidImageException if there are fewer, or the data are damaged
   */
  static byte[] decode(ByteReader in, int data, int count) {
    int rootBits = in.u8(data);
    if (rootBits < 1 || rootBits > MAX_ROOT_BITS) {
      throw damaged("its code size is " + rootBits);
    }
    GifData gif = new GifData(in, data + 1, count);
    gif.expand(rootBits);
    if (gif.filled < count) {
      throw new InvalidImageException(
          Reason.TRUNCATED, "the GIF holds %d of %d pixels".formatted(gif.filled, count));
    }
    return gif.pixels;
  }

  private void expand(int rootBits) {
    int clear = 1 << rootBits;
    int next = clear + 2;
    int bits = rootBits + 1;
    int previous = -1; // -1 after a clear
    for (int i = 0; i < clear; i++) {
      lengths[i] = 1;
      firsts[i] = (byte) i;
      lasts[i] = (byte) i;
    }
    while (filled < pixels.length) {
      int code = nextCode(bits);
      if (code < 0 || code == clear + 1) {
        return;
      }
      if (code == clear) {
        next = clear + 2;
        bits = rootBits + 1;
        previous = -1;
        continue;
      }
      boolean grows = previous >= 0 && next < lengths.length;
      if (code > next || (code == next && !grows) || (code >= clear && previous < 0)) {
        throw damaged("a code is used before it is defined");
      }
      if (grows) {
        define(next, previous, firsts[code == next ? previous : code]);
        next++;
        if (next == 1 << bits && bits < MAX_BITS) {
          bits++;
        }
      }
      write(code);
      previous = code;
    }
  }

  private void define(int code, int prefix, byte last) {
    prefixes[code] = prefix;
    firsts[code] = firsts[prefix];
    lasts[code] = last;
    lengths[code] = lengths[prefix] + 1;
  }

  private void write(int code) {
    int end = filled + lengths[code];
    int part = code;
    for (int at = end - 1; at >= filled; at--) {
      if (at < pixels.length) {
        pixels[at] = lasts[part];
      }
      part = prefixes[part];
    }
    filled = Math.min(end, pixels.length);
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
