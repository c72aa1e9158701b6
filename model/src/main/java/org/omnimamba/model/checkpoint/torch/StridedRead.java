package org.omnimamba.model.checkpoint.torch;

import java.nio.ByteBuffer;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Tensor;

/** Gathers elements of a strided view in row-major order. */
final class StridedRead {
  private final long[] shape;
  private final long[] strides;
  private final int elementBytes;
  private final long[] index;

  private StridedRead(Tensor tensor) {
    this.shape = tensor.info().shape().asArray();
    this.strides = tensor.strides().stream().mapToLong(Long::longValue).toArray();
    this.elementBytes = tensor.info().dtype().bytes();
    this.index = new long[shape.length];
  }

  /**
   * @param storage the view's bytes from its first element on
   * @param first row-major number of the first element wanted
   * @param target filled up to its limit; a whole number of elements
   */
  static void gather(Tensor tensor, ByteBuffer storage, long first, ByteBuffer target) {
    new StridedRead(tensor).run(storage, first, target);
  }

  private void run(ByteBuffer storage, long first, ByteBuffer target) {
    long rest = first;
    long element = 0;
    for (int i = shape.length - 1; i >= 0; i--) {
      index[i] = rest % shape[i];
      rest /= shape[i];
      element += index[i] * strides[i];
    }
    while (target.hasRemaining()) {
      int at = Math.toIntExact(element * elementBytes);
      target.put(target.position(), storage, at, elementBytes);
      target.position(target.position() + elementBytes);
      element = next(element);
    }
  }

  /** Moves the index on by one and gives its element. */
  private long next(long element) {
    long moved = element;
    for (int i = shape.length - 1; i >= 0; i--) {
      index[i]++;
      moved += strides[i];
      if (index[i] < shape[i]) {
        return moved;
      }
      moved -= shape[i] * strides[i];
      index[i] = 0;
    }
    return moved;
  }
}
