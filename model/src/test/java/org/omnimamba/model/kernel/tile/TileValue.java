package org.omnimamba.model.kernel.tile;

import java.util.function.IntUnaryOperator;

/**
 * What a tile holds while a program runs, row after row: floats, or integers (0 and 1 for {@link
 * Element#I1}), or pointers as numbers of arguments and of elements after their start.
 */
final class TileValue {
  final TileType type;
  final float[] floats;
  final long[] integers;
  final int[] arguments;

  /** A tile to be filled. */
  TileValue(TileType type) {
    Element element = type.element();
    this.type = type;
    this.floats = new float[element.isFloat() ? type.size() : 0];
    this.integers = new long[element.isFloat() ? 0 : type.size()];
    this.arguments = new int[element.isPointer() ? type.size() : 0];
  }

  /** The pointer to the start of an argument. */
  static TileValue pointer(TileType type, int argument) {
    TileValue value = new TileValue(type);
    value.arguments[0] = argument;
    return value;
  }

  static TileValue integer(TileType type, long number) {
    TileValue value = new TileValue(type);
    value.integers[0] = number;
    return value;
  }

  /** Takes an element from another tile of the same kind of elements. */
  void take(int place, TileValue from, int other) {
    if (type.element().isFloat()) {
      floats[place] = from.floats[other];
      return;
    }
    integers[place] = from.integers[other];
    if (type.element().isPointer()) {
      arguments[place] = from.arguments[other];
    }
  }

  /**
   * Elements of this in another order or number.
   *
   * @param source from a place in the result to a place in this
   */
  TileValue gathered(TileType result, IntUnaryOperator source) {
    Demands.that(result.element() == type.element(), "%s becomes %s", type, result);
    TileValue value = new TileValue(result);
    for (int i = 0; i < result.size(); i++) {
      value.take(i, this, source.applyAsInt(i));
    }
    return value;
  }
}
