package org.omnimamba.model.kernel;

/** How many programs or pieces a size takes. */
final class Grid {
  private Grid() {}

  /** Blocks that cover a size; the last one may be shorter. */
  static int blocks(int size, int block) {
    return (size + block - 1) / block;
  }
}
