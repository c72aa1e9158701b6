package org.omnimamba.model.image.vp8;

/** Modes and coefficients of the macroblock that is being decoded. */
final class Macroblock {
  static final int DC = 0;
  static final int TRUE_MOTION = 1;
  static final int VERTICAL = 2;
  static final int HORIZONTAL = 3;

  /** 16 luma blocks, 4 of U, 4 of V. */
  static final int BLOCKS = 24;

  static final int BLOCK = 16;

  int segment;
  boolean skipped;

  /** Whether luma is predicted in 16 sub-blocks. */
  boolean bySubBlocks;

  int lumaMode;
  final int[] subBlockModes = new int[16];
  int chromaMode;

  /** {@code [24][16]}, multiplied already. */
  final int[] coefficients = new int[BLOCKS * BLOCK];

  /** Whether any coefficient is not zero. */
  boolean hasCoefficients;
}
