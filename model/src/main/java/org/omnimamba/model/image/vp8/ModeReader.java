package org.omnimamba.model.image.vp8;

import java.util.Arrays;

/** Reads how macroblocks are predicted (RFC 6386, section 11). */
final class ModeReader {
  /** Positive: the next node; else the mode, negated. */
  private static final int[] SUB_BLOCK_TREE = {
    0, 2, -1, 4, -2, 6, 8, 12, -3, 10, -5, -6, -4, 14, -7, 16, -8, -9
  };

  private final FrameHeader header;
  private final BoolDecoder in;
  private final int[] above;
  private final int[] left = new int[4];

  /**
   * @param columns of macroblocks
   */
  ModeReader(FrameHeader header, int columns) {
    this.header = header;
    this.in = header.modes;
    this.above = new int[4 * columns];
  }

  void startRow() {
    Arrays.fill(left, Macroblock.DC);
  }

  void read(Macroblock block, int column) {
    block.segment = header.readSegment();
    block.skipped = header.readSkipped();
    block.bySubBlocks = in.bit(145) == 0;
    if (block.bySubBlocks) {
      readSubBlockModes(block, 4 * column);
    } else {
      block.lumaMode =
          in.bit(156) == 0
              ? (in.bit(163) == 0 ? Macroblock.DC : Macroblock.VERTICAL)
              : (in.bit(128) == 0 ? Macroblock.HORIZONTAL : Macroblock.TRUE_MOTION);
      Arrays.fill(above, 4 * column, 4 * column + 4, block.lumaMode);
      Arrays.fill(left, block.lumaMode);
    }
    block.chromaMode = chromaMode();
  }

  private void readSubBlockModes(Macroblock block, int column) {
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        int[] nodes = Tables.SUB_BLOCK_MODE_NODES[above[column + x]][left[y]];
        int node = 0;
        do {
          node = SUB_BLOCK_TREE[node + in.bit(nodes[node >> 1])];
        } while (node > 0);
        block.subBlockModes[4 * y + x] = -node;
        above[column + x] = -node;
        left[y] = -node;
      }
    }
  }

  private int chromaMode() {
    if (in.bit(142) == 0) {
      return Macroblock.DC;
    }
    if (in.bit(114) == 0) {
      return Macroblock.VERTICAL;
    }
    return in.bit(183) == 0 ? Macroblock.HORIZONTAL : Macroblock.TRUE_MOTION;
  }
}
