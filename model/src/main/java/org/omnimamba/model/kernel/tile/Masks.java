package org.omnimamba.model.kernel.tile;

import org.jspecify.annotations.Nullable;

/** Masks of blocks; null where a block divides a size, so that nothing lies outside. */
public final class Masks {
  private Masks() {}

  public static @Nullable Tile both(KernelBuilder k, @Nullable Tile a, @Nullable Tile b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return k.and(a, b);
  }

  /** Of the rows' axis of a matrix, {@code [n, 1]}. */
  public static @Nullable Tile column(KernelBuilder k, @Nullable Tile mask) {
    return mask == null ? null : k.column(mask);
  }

  /** Of the columns' axis of a matrix, {@code [1, n]}. */
  public static @Nullable Tile row(KernelBuilder k, @Nullable Tile mask) {
    return mask == null ? null : k.row(mask);
  }
}
