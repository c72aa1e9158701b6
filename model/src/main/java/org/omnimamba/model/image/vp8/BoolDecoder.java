package org.omnimamba.model.image.vp8;

import java.io.EOFException;

/** The arithmetic decoder of VP8 (RFC 6386, section 7) over a range of bytes. */
final class BoolDecoder {
  private final byte[] bytes;
  private final int end;
  private int position;
  private long value;
  private int range = 254; // the range less one
  private int bits = -8;
  private boolean pastEnd;

  BoolDecoder(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /**
   * The next bit.
   *
   * @param probability of a zero, in 256ths
   */
  int bit(int probability) {
    if (bits < 0) {
      load();
    }
    int split = (range * probability) >> 8;
    boolean one = (value >> bits) > split;
    int left;
    if (one) {
      left = range - split;
      value -= (long) (split + 1) << bits;
    } else {
      left = split + 1;
    }
    int shift = Integer.numberOfLeadingZeros(left) - 24;
    range = (left << shift) - 1;
    bits -= shift;
    return one ? 1 : 0;
  }

  boolean flag() {
    return bit(128) == 1;
  }

  /** An unsigned number, its highest bit first. */
  int number(int width) {
    int number = 0;
    for (int i = 0; i < width; i++) {
      number = number << 1 | bit(128);
    }
    return number;
  }

  /** A number with its sign after it; zero if a leading flag says that it is absent. */
  int optionalSigned(int width) {
    if (!flag()) {
      return 0;
    }
    int magnitude = number(width);
    return flag() ? -magnitude : magnitude;
  }

  private void load() {
    if (position < end) {
      value = value << 8 | (bytes[position++] & 0xff);
    } else {
      value <<= 8;
      pastEnd = true;
    }
    bits += 8;
  }

  /**
   * @throws EOFException if more bits were read than there are
   */
  void requireNotPastEnd() throws EOFException {
    if (pastEnd) {
      throw new EOFException("a VP8 partition ends early");
    }
  }
}
