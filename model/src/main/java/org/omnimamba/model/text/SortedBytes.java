package org.omnimamba.model.text;

import java.util.Arrays;
import java.util.List;

/**
 * Byte strings in the order of their unsigned bytes, read as a trie: a range of entries that agree
 * in their first {@code depth} bytes is a node, and the part of it with one value at {@code depth}
 * is a child. Entries that end at a node stand first in its range.
 */
final class SortedBytes {
  private final byte[][] entries;

  /**
   * @param sorted in the order of {@link Arrays#compareUnsigned(byte[], byte[])}
   */
  SortedBytes(List<byte[]> sorted) {
    this.entries = sorted.toArray(new byte[0][]);
  }

  int size() {
    return entries.length;
  }

  int length(int index) {
    return entries[index].length;
  }

  /** One byte of an entry, unsigned. */
  int at(int index, int depth) {
    return entries[index][depth] & 0xff;
  }

  /** Whether an entry has no byte at {@code depth}. */
  boolean endsAt(int index, int depth) {
    return entries[index].length == depth;
  }

  /**
   * The first entry of a node whose byte at {@code depth} is at least {@code value}; {@code high}
   * if there is none.
   */
  int seek(int low, int high, int depth, int value) {
    int from = low;
    int to = high;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (endsAt(middle, depth) || at(middle, depth) < value) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
