package org.omnimamba.benchmarks;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.tensorflow.ndarray.Shape;

/** A checkpoint of any size that is made up while it is read; matrices keep signals at size one. */
final class RandomTensors implements TensorSource {
  private static final float[] NOISE = noise();

  private final Map<String, Shape> shapes;

  RandomTensors(ModelConfig config) {
    this.shapes = TensorSchema.of(config).stored();
  }

  @Override
  public Set<String> names() {
    return shapes.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    Shape shape = shapes.get(name);
    if (shape == null) {
      throw new CheckpointException("no tensor " + name);
    }
    return new TensorInfo(Dtype.F32, shape);
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    Shape shape = info(name).shape();
    boolean norm = shape.numDimensions() == 1 && name.endsWith(".weight");
    float mean = norm ? 1 : 0;
    float scale = norm ? 0 : (float) Math.sqrt(3.0 * shape.get(0) / Math.max(1, shape.size()));
    int at = (int) (31L * name.hashCode() + offset / Float.BYTES);
    while (target.remaining() >= Float.BYTES) {
      target.putFloat(mean + scale * NOISE[at++ & (NOISE.length - 1)]);
    }
  }

  /** Billions of numbers are asked for, so they come from a table; its length is a power of two. */
  private static float[] noise() {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[1 << 20];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }

  @Override
  public void close() {}
}
