package org.omnimamba.model.checkpoint.tensor;

import org.tensorflow.ndarray.Shape;

/**
 * Type and shape of a stored tensor; row-major.
 *
 * @param dtype type of the elements
 * @param shape sizes, all known; a scalar has none
 */
public record TensorInfo(Dtype dtype, Shape shape) {

  /** More dimensions than any tensor of any model has. */
  public static final int MAX_DIMENSIONS = 16;

  /**
   * @throws IllegalArgumentException if a size is negative, or if the tensor has more bytes than a
   *     {@code long} counts
   */
  public TensorInfo {
    if (shape.isUnknown() || shape.numDimensions() > MAX_DIMENSIONS) {
      throw new IllegalArgumentException("shape %s has too many dimensions".formatted(shape));
    }
    long bytes = dtype.bytes();
    for (long size : shape.asArray()) {
      if (size < 0) {
        throw new IllegalArgumentException("a size of shape %s is negative".formatted(shape));
      }
      try {
        // an empty dimension counts as one, so that the others are still bounded
        bytes = Math.multiplyExact(bytes, Math.max(1, size));
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("shape %s is too large".formatted(shape), e);
      }
    }
  }

  public static TensorInfo of(Dtype dtype, long... shape) {
    return new TensorInfo(dtype, Shape.of(shape));
  }

  /** Number of elements; 1 for a scalar. */
  public long elements() {
    long elements = 1;
    for (long size : shape.asArray()) {
      elements *= size;
    }
    return elements;
  }

  /** Bytes that the elements take. */
  public long byteSize() {
    return elements() * dtype.bytes();
  }

  @Override
  public String toString() {
    return dtype + " " + shape;
  }
}
