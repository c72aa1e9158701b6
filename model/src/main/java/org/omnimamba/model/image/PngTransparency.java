package org.omnimamba.model.image;

import java.util.Arrays;

/**
 * What a PNG's tRNS chunk says.
 *
 * @param palette opacity of each palette entry; {@code [256]}
 * @param key samples of the one colour that is transparent, as stored; empty if there is none
 */
record PngTransparency(byte[] palette, int[] key) {
  static final PngTransparency NONE = of(new byte[0], new int[0]);

  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int ENTRIES = 256;

  private static PngTransparency of(byte[] opacities, int[] key) {
    byte[] palette = new byte[ENTRIES];
    Arrays.fill(palette, (byte) White.OPAQUE);
    System.arraycopy(opacities, 0, palette, 0, Math.min(ENTRIES, opacities.length));
    return new PngTransparency(palette, key);
  }

  /**
   * Reads the chunk. One that is too short, or that the colour type does not allow, says nothing.
   */
  static PngTransparency read(byte[] chunk, int colourType, int depth) {
    if (colourType == PALETTE) {
      return of(chunk, new int[0]);
    }
    int samples = colourType == GREY ? 1 : colourType == RGB ? 3 : 0;
    if (samples == 0 || chunk.length < 2 * samples) {
      return NONE;
    }
    int[] key = new int[samples];
    ByteReader in = new ByteReader(chunk);
    for (int i = 0; i < samples; i++) {
      key[i] = in.u16Big(2 * i) & ((1 << depth) - 1);
    }
    return of(new byte[0], key);
  }

  /** Opacity of a palette index, or of a grey level of less than 8 bits. */
  int ofIndex(int index) {
    return hides(index) ? 0 : palette[index] & 0xff;
  }

  private boolean hides(int sample) {
    return key.length == 1 && key[0] == sample;
  }

  /** Opacity of the pixel whose samples begin at {@code at}. */
  int ofSamples(int[] row, int at) {
    if (key.length == 0) {
      return White.OPAQUE;
    }
    return Arrays.equals(row, at, at + key.length, key, 0, key.length) ? 0 : White.OPAQUE;
  }
}
