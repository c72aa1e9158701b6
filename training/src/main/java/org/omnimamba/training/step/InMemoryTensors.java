package org.omnimamba.training.step;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.tensorflow.ndarray.Shape;

/** Float32 tensors in host memory, such as the initial values of parts that no checkpoint has. */
public final class InMemoryTensors implements TensorSource {
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, float[]> values = new LinkedHashMap<>();

  /**
   * Adds a tensor, or replaces it.
   *
   * @param elements row-major; not copied
   * @throws IllegalArgumentException if there are more or fewer than the shape has
   */
  public InMemoryTensors put(String name, Shape shape, float[] elements) {
    if (shape.size() != elements.length) {
      throw new IllegalArgumentException(
          "%s is %s, which are not %d elements".formatted(name, shape, elements.length));
    }
    shapes.put(name, shape);
    values.put(name, elements);
    return this;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(shapes.keySet());
  }

  @Override
  public TensorInfo info(String name) {
    Shape shape = shapes.get(name);
    if (shape == null) {
      throw new CheckpointException("there is no tensor " + name);
    }
    return new TensorInfo(Dtype.F32, shape);
  }

  @Override
  public float[] readFloats(String name) {
    return elements(name).clone();
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    float[] elements = elements(name);
    long end = offset + target.remaining();
    if (end > 4L * elements.length || offset % 4 != 0 || target.remaining() % 4 != 0) {
      throw new CheckpointException(
          "bytes %d to %d of %s are not whole elements of it".formatted(offset, end, name));
    }
    ByteBuffer little = target.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = (int) (offset / 4); little.hasRemaining(); i++) {
      little.putFloat(elements[i]);
    }
  }

  private float[] elements(String name) {
    float[] elements = values.get(name);
    if (elements == null) {
      throw new CheckpointException("there is no tensor " + name);
    }
    return elements;
  }

  @Override
  public void close() {
    // nothing is open
  }
}
