package org.omnimamba.model.kernel.tile;

/** How many programs or pieces a size takes. */
public final class Grid {
  private Grid() {}

  /** Blocks that cover a size; the last one may be shorter. */
  public static int blocks(int size, int block) {
    return (size + block - 1) / block;
  }
}
