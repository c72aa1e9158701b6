package org.omnimamba.model.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;

/**
 * Named tensors that are read on demand. Reading moves at most a small buffer through memory beside
 * what the caller asked for. All methods throw {@link CheckpointException} when the file cannot be
 * read.
 */
public interface TensorSource extends AutoCloseable {

  /** Names in the order of the file. */
  Set<String> names();

  /**
   * Type and shape.
   *
   * @throws CheckpointException if there is no such tensor
   */
  TensorInfo info(String name);

  /**
   * Fills {@code target} with the tensor's bytes (row-major, little-endian) from byte {@code
   * offset} on, as many as remain in {@code target}.
   *
   * @throws CheckpointException if there is no such tensor, or if it ends before that
   */
  void readInto(String name, long offset, ByteBuffer target);

  /** Fills {@code target} from the tensor's first byte on. */
  default void readInto(String name, ByteBuffer target) {
    readInto(name, 0, target);
  }

  /**
   * A matrix as it is stored, if that is in int8. {@link #info} and {@link #readInto} give its
   * values in float32.
   */
  default Optional<Int8Matrix> int8(String name) {
    return Optional.empty();
  }

  /**
   * All elements, widened to float32.
   *
   * @throws CheckpointException if there is no such tensor, or if it is not of a floating-point
   *     type
   */
  default float[] readFloats(String name) {
    return TensorDecoding.floats(this, name);
  }

  /**
   * All elements of an integer tensor.
   *
   * @throws CheckpointException if there is no such tensor, or if its type is not an integer one
   */
  default long[] readLongs(String name) {
    return TensorDecoding.longs(this, name);
  }

  /**
   * All bytes of a tensor of one-byte elements.
   *
   * @throws CheckpointException if there is no such tensor, or if its elements are longer
   */
  default byte[] readBytes(String name) {
    return TensorDecoding.bytes(this, name);
  }

  /** Releases the file; mapped buffers stay valid. */
  @Override
  void close();
}
