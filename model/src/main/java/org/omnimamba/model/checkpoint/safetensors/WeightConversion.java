package org.omnimamba.model.checkpoint.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorCodec;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;

/** Copies tensors from a source to a writer in pieces, changing their type on the way. */
public final class WeightConversion {
  private static final int ELEMENTS = 1 << 18;

  private final Dtype target;
  private final ByteBuffer in =
      ByteBuffer.allocateDirect(ELEMENTS * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer out =
      ByteBuffer.allocateDirect(ELEMENTS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * @param target float32 or bfloat16
   */
  public WeightConversion(Dtype target) {
    if (target != Dtype.F32 && target != Dtype.BF16) {
      throw new IllegalArgumentException("weights are kept as F32 or BF16, not " + target);
    }
    this.target = target;
  }

  public void copy(TensorSource source, String name, WeightsWriter writer) {
    TensorInfo info = source.info(name);
    int elementBytes = info.dtype().bytes();
    long elements = info.elements();
    for (long done = 0; done < elements; ) {
      int count = (int) Math.min(ELEMENTS, elements - done);
      in.clear().limit(count * elementBytes);
      source.readInto(name, done * elementBytes, in);
      in.flip();
      if (info.dtype() == target) {
        writer.append(name, in);
      } else {
        writer.append(name, convert(info.dtype(), count));
      }
      done += count;
    }
  }

  private ByteBuffer convert(Dtype from, int count) {
    out.clear();
    TensorCodec.convert(in, from, out, target, count);
    return out.flip();
  }
}
