package org.omnimamba.training.data;

import java.util.Arrays;

/** Writes ids into rows of an array. */
final class Rows {
  private Rows() {}

  static void copy(int[] ids, long[] rows, int at) {
    for (int i = 0; i < ids.length; i++) {
      rows[at + i] = ids[i];
    }
  }

  /** Writes as many ids as fit into a row and fills up its right side. */
  static void padRight(int[] ids, long[] rows, int row, int length, long padding) {
    int kept = Math.min(ids.length, length);
    for (int i = 0; i < kept; i++) {
      rows[row * length + i] = ids[i];
    }
    Arrays.fill(rows, row * length + kept, (row + 1) * length, padding);
  }
}
