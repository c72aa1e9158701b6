package org.omnimamba.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.FloatFormats;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.tensorflow.ndarray.Shape;

/**
 * {@link RandomTensors} in bfloat16, copied out of tables, so that a model directory of several
 * gigabytes is written at the disk's speed. Scales are powers of two, so that there are few tables.
 */
public final class RandomBfloat16Tensors implements TensorSource {
  private static final int TABLE_ELEMENTS = 1 << 20;

  private final RandomTensors shapes;

  /** By the exponent of the scale; absent keys are made when they are needed. */
  private final Map<Integer, ByteBuffer> tables = new HashMap<>();

  private final ByteBuffer ones = table(() -> 1);

  public RandomBfloat16Tensors(ModelConfig config) {
    this.shapes = new RandomTensors(config);
  }

  @Override
  public Set<String> names() {
    return shapes.names();
  }

  @Override
  public TensorInfo info(String name) {
    return new TensorInfo(Dtype.BF16, shapes.info(name).shape());
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    ByteBuffer table = table(name);
    long at = offset + Dtype.BF16.bytes() * 31L * name.hashCode();
    while (target.hasRemaining()) {
      int from = (int) Math.floorMod(at, (long) table.capacity());
      int count = Math.min(target.remaining(), table.capacity() - from);
      target.put(table.slice(from, count));
      at += count;
    }
  }

  private ByteBuffer table(String name) {
    Shape shape = info(name).shape();
    if (shape.numDimensions() == 1 && name.endsWith(".weight")) {
      return ones;
    }
    double scale = Math.sqrt(3.0 * shape.get(0) / Math.max(1, shape.size()));
    return tables.computeIfAbsent(Math.getExponent(scale), RandomBfloat16Tensors::noise);
  }

  private static ByteBuffer noise(int exponent) {
    SplittableRandom random = new SplittableRandom(exponent);
    return table(() -> Math.scalb((float) (2 * random.nextDouble() - 1), exponent));
  }

  private interface Values {
    float next();
  }

  private static ByteBuffer table(Values values) {
    ByteBuffer table =
        ByteBuffer.allocate(Dtype.BF16.bytes() * TABLE_ELEMENTS).order(ByteOrder.LITTLE_ENDIAN);
    while (table.hasRemaining()) {
      table.putShort(FloatFormats.floatToBfloat16(values.next()));
    }
    return table;
  }

  @Override
  public void close() {}
}
