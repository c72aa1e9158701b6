package org.omnimamba.inference.engine;

import java.util.BitSet;

/** Which slots are free. Used by the engine thread alone; lowest slot first, so runs repeat. */
final class SlotPool {
  private final int size;
  private final BitSet used = new BitSet();

  SlotPool(int size) {
    this.size = size;
  }

  int size() {
    return size;
  }

  int inUse() {
    return used.cardinality();
  }

  boolean hasFree() {
    return used.cardinality() < size;
  }

  int take() {
    int slot = used.nextClearBit(0);
    if (slot >= size) {
      throw new IllegalStateException("all %d slots are in use".formatted(size));
    }
    used.set(slot);
    return slot;
  }

  void give(int slot) {
    if (!used.get(slot)) {
      throw new IllegalStateException("slot %d was given back twice".formatted(slot));
    }
    used.clear(slot);
  }
}
