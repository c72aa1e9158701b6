package org.omnimamba.model.device;

import org.tensorflow.ndarray.Shape;

/**
 * Type and shape of an input or output.
 *
 * @param shape fully known
 */
public record TensorSpec(ElementType type, Shape shape) {
  long byteSize() {
    return type.bytes() * shape.size();
  }

  @Override
  public String toString() {
    return type + " " + shape;
  }
}
