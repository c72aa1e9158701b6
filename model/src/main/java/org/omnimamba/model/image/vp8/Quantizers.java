package org.omnimamba.model.image.vp8;

/**
 * What coefficients are multiplied with, {@code [DC, AC]} for each kind of block (RFC 6386, section
 * 14.1).
 */
record Quantizers(int[] luma, int[] lumaDc, int[] chroma) {
  private static final int LAST = 127;

  /** DC of chroma is never coarser than 132. */
  private static final int LAST_OF_CHROMA_DC = 117;

  private static final int LEAST_OF_LUMA_DC = 8;

  /**
   * @param deltas of luma DC, second-order DC and AC, chroma DC and AC
   */
  static Quantizers of(int index, int[] deltas) {
    int secondAc = Tables.AC_QUANTIZERS[clamp(index + deltas[2], LAST)] * 155 / 100;
    return new Quantizers(
        new int[] {
          Tables.DC_QUANTIZERS[clamp(index + deltas[0], LAST)],
          Tables.AC_QUANTIZERS[clamp(index, LAST)]
        },
        new int[] {
          2 * Tables.DC_QUANTIZERS[clamp(index + deltas[1], LAST)],
          Math.max(LEAST_OF_LUMA_DC, secondAc)
        },
        new int[] {
          Tables.DC_QUANTIZERS[clamp(index + deltas[3], LAST_OF_CHROMA_DC)],
          Tables.AC_QUANTIZERS[clamp(index + deltas[4], LAST)]
        });
  }

  private static int clamp(int index, int last) {
    return Math.max(0, Math.min(last, index));
  }
}
