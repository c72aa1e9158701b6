package org.omnimamba.model.kernel.tile;

import java.util.List;

/**
 * Element and shape of a value inside a kernel.
 *
 * @param shape powers of two; empty for a scalar
 */
public record TileType(Element element, List<Integer> shape) {

  public TileType {
    shape = List.copyOf(shape);
    for (int size : shape) {
      if (!PowersOfTwo.is(size)) {
        throw new IllegalArgumentException("a tile has powers of two as sizes, not " + shape);
      }
    }
  }

  static TileType scalar(Element element) {
    return new TileType(element, List.of());
  }

  TileType with(Element other) {
    return new TileType(other, shape);
  }

  TileType with(List<Integer> other) {
    return new TileType(element, other);
  }

  public int rank() {
    return shape.size();
  }

  /** Elements of the tile. */
  public int size() {
    return shape.stream().reduce(1, (a, b) -> a * b);
  }

  /** As Triton's intermediate representation spells it. */
  String text() {
    if (shape.isEmpty()) {
      return element.text();
    }
    StringBuilder text = new StringBuilder("tensor<");
    shape.forEach(size -> text.append(size).append('x'));
    return text.append(element.text()).append('>').toString();
  }
}
