package org.omnimamba.model.checkpoint.tensor;

import java.nio.ByteBuffer;

/**
 * Elements of floating-point tensors in a buffer, as float32. The buffer's order is the caller's.
 */
public final class TensorCodec {
  private TensorCodec() {}

  /**
   * The next element of a buffer: widened, or from float64 rounded, to float32.
   *
   * @throws IllegalArgumentException if {@code dtype} is no floating-point type
   */
  public static float next(ByteBuffer buffer, Dtype dtype) {
    return switch (dtype) {
      case F64 -> (float) buffer.getDouble();
      case F32 -> buffer.getFloat();
      case F16 -> FloatFormats.halfToFloat(buffer.getShort());
      case BF16 -> FloatFormats.bfloat16ToFloat(buffer.getShort());
      default -> throw new IllegalArgumentException(dtype + " is not a type of floats");
    };
  }

  /**
   * Appends an element, rounded to nearest even.
   *
   * @param dtype float32 or bfloat16, in which weights are kept
   * @throws IllegalArgumentException if it is another
   */
  public static void put(ByteBuffer buffer, Dtype dtype, float value) {
    switch (dtype) {
      case F32 -> buffer.putFloat(value);
      case BF16 -> buffer.putShort(FloatFormats.floatToBfloat16(value));
      default ->
          throw new IllegalArgumentException("weights are kept as F32 or BF16, not " + dtype);
    }
  }

  /**
   * Appends {@code count} elements of one buffer to another.
   *
   * @param to has room for them; its element type is float32 or bfloat16
   */
  public static void convert(
      ByteBuffer from, Dtype fromType, ByteBuffer to, Dtype toType, int count) {
    for (int i = 0; i < count; i++) {
      put(to, toType, next(from, fromType));
    }
  }
}
