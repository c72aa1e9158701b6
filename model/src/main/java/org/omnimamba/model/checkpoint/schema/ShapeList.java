package org.omnimamba.model.checkpoint.schema;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/** Collects parameters under a prefix, in the order in which PyTorch lists them. */
final class ShapeList {
  private final Map<String, Shape> shapes;
  private final String prefix;

  private ShapeList(Map<String, Shape> shapes, String prefix) {
    this.shapes = shapes;
    this.prefix = prefix;
  }

  static ShapeList create() {
    return new ShapeList(new LinkedHashMap<>(), "");
  }

  /** The same list, for names under {@code name}. */
  ShapeList in(String name) {
    return new ShapeList(shapes, prefix + name);
  }

  ShapeList add(String name, long... shape) {
    if (shapes.put(prefix + name, Shape.of(shape)) != null) {
      throw new IllegalStateException(prefix + name + " is there already");
    }
    return this;
  }

  /** {@code name.weight} and {@code name.bias} of a linear layer. */
  ShapeList linear(String name, long out, long in) {
    return add(name + ".weight", out, in).add(name + ".bias", out);
  }

  /** {@code name.weight} and {@code name.bias} of a layer or group norm. */
  ShapeList norm(String name, long width) {
    return add(name + ".weight", width).add(name + ".bias", width);
  }

  /** {@code name.weight} and {@code name.bias} of a two-dimensional convolution. */
  ShapeList conv(String name, long out, long in, long side) {
    return add(name + ".weight", out, in, side, side).add(name + ".bias", out);
  }

  Map<String, Shape> shapes() {
    return shapes;
  }
}
