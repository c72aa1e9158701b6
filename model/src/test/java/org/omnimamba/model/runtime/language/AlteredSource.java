package org.omnimamba.model.runtime.language;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;

/** A float32 checkpoint with some tensors changed, to see what depends on them. */
final class AlteredSource implements TensorSource {
  private final TensorSource base;
  private final Predicate<String> altered;
  private final UnaryOperator<float[]> change;

  AlteredSource(TensorSource base, Predicate<String> altered, UnaryOperator<float[]> change) {
    this.base = base;
    this.altered = altered;
    this.change = change;
  }

  @Override
  public Set<String> names() {
    return base.names();
  }

  @Override
  public TensorInfo info(String name) {
    return base.info(name);
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    if (!altered.test(name)) {
      base.readInto(name, offset, target);
      return;
    }
    float[] values = change.apply(base.readFloats(name));
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    target.put(bytes.slice((int) offset, target.remaining()));
  }

  @Override
  public void close() {
    base.close();
  }
}
