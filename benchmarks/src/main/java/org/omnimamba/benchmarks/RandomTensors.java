package org.omnimamba.benchmarks;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.omnimamba.model.checkpoint.CheckpointException;
import org.omnimamba.model.checkpoint.Dtype;
import org.omnimamba.model.checkpoint.TensorInfo;
import org.omnimamba.model.checkpoint.TensorSchema;
import org.omnimamba.model.checkpoint.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.tensorflow.ndarray.Shape;

/** A checkpoint of any size that is made up while it is read; matrices keep signals at size one. */
final class RandomTensors implements TensorSource {
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
    double scale = norm ? 0 : Math.sqrt(3.0 * shape.get(0) / Math.max(1, shape.size()));
    SplittableRandom random = new SplittableRandom(name.hashCode() + offset);
    while (target.remaining() >= Float.BYTES) {
      target.putFloat((float) ((norm ? 1 : 0) + scale * (2 * random.nextDouble() - 1)));
    }
  }

  @Override
  public void close() {}
}
