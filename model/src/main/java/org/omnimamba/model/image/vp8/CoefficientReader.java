package org.omnimamba.model.image.vp8;

import java.util.Arrays;

/** Reads the coefficients of macroblocks (RFC 6386, section 13). */
final class CoefficientReader {
  private static final int LUMA_WITHOUT_DC = 0;
  private static final int LUMA_DC = 1;
  private static final int CHROMA = 2;
  private static final int LUMA_WITH_DC = 3;

  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

  /** One more than there are coefficients, for the context after the last. */
  private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};

  private static final int[][] LARGE = {
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
  };

  /** Which neighbours have coefficients: 4 columns of luma, 2 of U, 2 of V, and one for luma DC. */
  private static final int CONTEXTS = 9;

  private static final int DC_CONTEXT = 8;

  private final FrameHeader header;
  private final int[] above;
  private final int[] left = new int[CONTEXTS];
  private final int[] dc = new int[Macroblock.BLOCK];

  /**
   * @param columns of macroblocks
   */
  CoefficientReader(FrameHeader header, int columns) {
    this.header = header;
    this.above = new int[CONTEXTS * columns];
  }

  void startRow() {
    Arrays.fill(left, 0);
  }

  void read(BoolDecoder in, Macroblock block, int column) {
    Arrays.fill(block.coefficients, 0);
    block.hasCoefficients = false;
    int top = CONTEXTS * column;
    if (block.skipped) {
      // the context of luma DC outlives macroblocks that have no such block
      int kept = block.bySubBlocks ? DC_CONTEXT : CONTEXTS;
      Arrays.fill(above, top, top + kept, 0);
      Arrays.fill(left, 0, kept, 0);
      return;
    }
    Quantizers quantizers = header.quantizers[block.segment];
    int type = LUMA_WITH_DC;
    int first = 0;
    if (!block.bySubBlocks) {
      readLumaDc(in, block, quantizers, top);
      type = LUMA_WITHOUT_DC;
      first = 1;
    }
    readBlocks(in, block, type, first, quantizers.luma(), 0, 4, top, 0);
    readBlocks(in, block, CHROMA, 0, quantizers.chroma(), 16, 2, top, 4);
    readBlocks(in, block, CHROMA, 0, quantizers.chroma(), 20, 2, top, 6);
  }

  private void readLumaDc(BoolDecoder in, Macroblock block, Quantizers quantizers, int top) {
    Arrays.fill(dc, 0);
    int context = above[top + DC_CONTEXT] + left[DC_CONTEXT];
    int end = readBlock(in, header.coefficients[LUMA_DC], context, quantizers.lumaDc(), 0, dc, 0);
    above[top + DC_CONTEXT] = left[DC_CONTEXT] = end > 0 ? 1 : 0;
    Transforms.inverseWalshHadamard(dc, block.coefficients);
  }

  /** Reads {@code side * side} blocks from block {@code start} on. */
  private void readBlocks(
      BoolDecoder in,
      Macroblock block,
      int type,
      int first,
      int[] quantizer,
      int start,
      int side,
      int top,
      int contextStart) {
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int at = Macroblock.BLOCK * (start + side * y + x);
        int column = top + contextStart + x;
        int row = contextStart + y;
        int end =
            readBlock(
                in,
                header.coefficients[type],
                above[column] + left[row],
                quantizer,
                first,
                block.coefficients,
                at);
        above[column] = left[row] = end > first ? 1 : 0;
        block.hasCoefficients |= end > 1 || block.coefficients[at] != 0;
      }
    }
  }

  /** Returns the position after the last coefficient. */
  private static int readBlock(
      BoolDecoder in,
      int[][][] probabilities,
      int context,
      int[] quantizer,
      int first,
      int[] out,
      int at) {
    int[] nodes = probabilities[BANDS[first]][context];
    for (int n = first; n < Macroblock.BLOCK; n++) {
      if (in.bit(nodes[0]) == 0) {
        return n;
      }
      while (in.bit(nodes[1]) == 0) {
        n++;
        if (n == Macroblock.BLOCK) {
          return n;
        }
        nodes = probabilities[BANDS[n]][0];
      }
      int[][] next = probabilities[BANDS[n + 1]];
      int value = 1;
      if (in.bit(nodes[2]) == 1) {
        value = largeValue(in, nodes);
        nodes = next[2];
      } else {
        nodes = next[1];
      }
      int signed = in.flag() ? -value : value;
      out[at + ZIGZAG[n]] = signed * quantizer[n > 0 ? 1 : 0];
    }
    return Macroblock.BLOCK;
  }

  private static int largeValue(BoolDecoder in, int[] nodes) {
    if (in.bit(nodes[3]) == 0) {
      return in.bit(nodes[4]) == 0 ? 2 : 3 + in.bit(nodes[5]);
    }
    if (in.bit(nodes[6]) == 0) {
      if (in.bit(nodes[7]) == 0) {
        return 5 + in.bit(159);
      }
      int high = in.bit(165);
      return 7 + 2 * high + in.bit(145);
    }
    int high = in.bit(nodes[8]);
    int category = 2 * high + in.bit(nodes[9 + high]);
    int extra = 0;
    for (int probability : LARGE[category]) {
      extra = 2 * extra + in.bit(probability);
    }
    return extra + 3 + (8 << category);
  }
}
