package org.omnimamba.model.checkpoint.schema;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.tensorflow.ndarray.Shape;

/**
 * The tensors of a model before training, in float32, drawn when they are read. They equal those of
 * {@link org.omnimamba.model.checkpoint.RandomModel} with the same configuration and seed. At most
 * one tensor is in memory; not for use by several threads.
 */
public final class InitialTensors implements TensorSource {
  private final Map<String, Shape> shapes;
  private final InitialValues initial;
  private final long seed;
  private @Nullable String current;
  private ByteBuffer values = ByteBuffer.allocate(0);

  public InitialTensors(ModelConfig config, long seed) {
    this.shapes = TensorSchema.of(config).stored();
    this.initial = new InitialValues(config);
    this.seed = seed;
  }

  @Override
  public Set<String> names() {
    return shapes.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    Shape shape = shapes.get(name);
    if (shape == null) {
      throw new CheckpointException("the model has no tensor " + name);
    }
    return new TensorInfo(Dtype.F32, shape);
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    TensorInfo info = info(name);
    if (offset < 0 || offset + target.remaining() > info.byteSize()) {
      throw new CheckpointException(
          "%s ends before byte %d".formatted(name, offset + target.remaining()));
    }
    if (!name.equals(current)) {
      values = draw(name, info);
      current = name;
    }
    target.put(values.slice((int) offset, target.remaining()));
  }

  private ByteBuffer draw(String name, TensorInfo info) {
    ByteBuffer drawn =
        ByteBuffer.allocate(Math.toIntExact(info.byteSize())).order(ByteOrder.LITTLE_ENDIAN);
    InitialValues.Values next = initial.of(name, shapes, seed);
    while (drawn.hasRemaining()) {
      drawn.putFloat(next.next());
    }
    return drawn.flip();
  }

  /** Nothing is held open. */
  @Override
  public void close() {
    current = null;
    values = ByteBuffer.allocate(0);
  }
}
