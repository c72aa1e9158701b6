package org.omnimamba.model.kernel.tile;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.kernel.tile.Instruction.Operation;

/** Operations in which elements meet or move. */
final class TileShapes {
  private TileShapes() {}

  static TileValue splat(TileType type, TileValue a) {
    Demands.that(a.type.rank() == 0, "%s is repeated", a.type);
    return a.gathered(type, i -> 0);
  }

  static TileValue expand(TileType type, TileValue a, int axis) {
    List<Integer> shape = new ArrayList<>(a.type.shape());
    shape.add(axis, 1);
    Demands.that(type.shape().equals(shape), "%s with axis %s is %s", a.type, axis, type);
    return a.gathered(type, i -> i);
  }

  static TileValue broadcast(TileType type, TileValue a) {
    Demands.that(type.rank() == a.type.rank(), "%s is repeated to %s", a.type, type);
    for (int axis = 0; axis < type.rank(); axis++) {
      int size = a.type.shape().get(axis);
      Demands.that(
          size == 1 || size == type.shape().get(axis), "%s is repeated to %s", a.type, type);
    }
    return a.gathered(type, place -> source(place, type.shape(), a.type.shape()));
  }

  private static int source(int place, List<Integer> shape, List<Integer> from) {
    int source = 0;
    int stride = 1;
    int rest = place;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      int index = rest % shape.get(axis);
      rest /= shape.get(axis);
      source += from.get(axis) == 1 ? 0 : index * stride;
      stride *= from.get(axis);
    }
    return source;
  }

  static TileValue transposed(TileType type, TileValue a) {
    int rows = a.type.shape().get(0);
    int columns = a.type.shape().get(1);
    Demands.that(type.shape().equals(List.of(columns, rows)), "%s turned is %s", a.type, type);
    return a.gathered(type, i -> i % rows * columns + i / rows);
  }

  static TileValue sum(TileType type, TileValue a, int axis) {
    return along(Operation.ADD, type, a, axis);
  }

  static TileValue largest(TileType type, TileValue a, int axis) {
    return along(Operation.MAXIMUM, type, a, axis);
  }

  private static TileValue along(Operation operation, TileType type, TileValue a, int axis) {
    List<Integer> shape = new ArrayList<>(a.type.shape());
    int count = shape.remove(axis);
    Demands.that(type.equals(a.type.with(shape)), "%s along axis %s is %s", a.type, axis, type);
    int inner = 1;
    for (int size : shape.subList(axis, shape.size())) {
      inner *= size;
    }
    int ofAxis = inner;
    TileValue value = a.gathered(type, i -> i / ofAxis * ofAxis * count + i % ofAxis);
    for (int j = 1; j < count; j++) {
      int further = j * ofAxis;
      TileValue next = a.gathered(type, i -> i / ofAxis * ofAxis * count + i % ofAxis + further);
      value = TileArithmetic.binary(operation, type, value, next);
    }
    return value;
  }

  static TileValue cumulative(TileType type, TileValue a) {
    Demands.that(type.equals(a.type), "%s cumulated is %s", a.type, type);
    Demands.that(
        type.rank() == 1 && type.element() == Element.F32, "sums along a matrix of %s", type);
    TileValue value = new TileValue(type);
    float sum = 0;
    for (int i = 0; i < type.size(); i++) {
      sum += a.floats[i];
      value.floats[i] = sum;
    }
    return value;
  }

  /** {@code a b + sum}. */
  static TileValue dot(TileType type, TileValue a, TileValue b, TileValue sum) {
    int rows = type.shape().get(0);
    int columns = type.shape().get(1);
    int inner = a.type.shape().get(1);
    Element factor = a.type.element();
    Demands.that(
        (factor == Element.BF16 || factor == Element.F16)
            && a.type.equals(new TileType(factor, List.of(rows, inner)))
            && b.type.equals(new TileType(factor, List.of(inner, columns)))
            && sum.type.equals(type)
            && type.element() == Element.F32,
        "%s times %s and %s is %s",
        a.type,
        b.type,
        sum.type,
        type);
    Demands.that(
        Math.min(inner, Math.min(rows, columns)) >= KernelBuilder.LEAST_OF_DOT,
        "%s times %s is too small a product",
        a.type,
        b.type);
    TileValue value = new TileValue(type);
    for (int i = 0; i < type.size(); i++) {
      float total = sum.floats[i];
      for (int j = 0; j < inner; j++) {
        total += a.floats[i / columns * inner + j] * b.floats[j * columns + i % columns];
      }
      value.floats[i] = total;
    }
    return value;
  }
}
