package org.omnimamba.training.export;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;

/** Those tensors of a source whose names are wanted. Owns the source. */
final class SelectedTensors implements TensorSource {
  private final TensorSource source;
  private final Set<String> names;

  SelectedTensors(TensorSource source, Predicate<String> wanted) {
    this.source = source;
    Set<String> selected = new LinkedHashSet<>(source.names());
    selected.removeIf(wanted.negate());
    this.names = Collections.unmodifiableSet(selected);
  }

  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public TensorInfo info(String name) {
    return source.info(name);
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    source.readInto(name, offset, target);
  }

  @Override
  public void close() {
    source.close();
  }
}
