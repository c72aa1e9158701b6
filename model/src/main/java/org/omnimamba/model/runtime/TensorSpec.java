package org.omnimamba.model.runtime;

import org.tensorflow.ndarray.Shape;

/**
 * Type and shape of an input or output.
 *
 * @param shape fully known
 */
record TensorSpec(ElementType type, Shape shape) {
  long byteSize() {
    return type.bytes() * shape.size();
  }

  @Override
  public String toString() {
    return type + " " + shape;
  }
}
