package org.omnimamba.model.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A file whose {@linkplain Int8Matrix matrices in int8} appear as their values in float32, so that
 * every reader of tensors can use them. Their scales are no tensors of their own here. Reads of
 * such matrices must begin and end at float32 elements. Owns the file.
 */
public final class Int8Source implements TensorSource {
  private final TensorSource file;
  private final Map<String, Int8Matrix> matrices = new LinkedHashMap<>();
  private final Set<String> names;

  /**
   * @param path the file, as error messages call it
   * @throws CheckpointException if a matrix in int8 is without its scales, or if those are wrong;
   *     the file stays open then
   */
  public Int8Source(TensorSource file, String path) {
    this.file = file;
    Set<String> all = new LinkedHashSet<>(file.names());
    for (String name : file.names()) {
      if (file.info(name).dtype() == Dtype.I8) {
        matrices.put(name, Int8Matrix.open(file, path, name));
        all.remove(name + Int8Matrix.SCALE_SUFFIX);
      }
    }
    this.names = Collections.unmodifiableSet(all);
  }

  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public TensorInfo info(String name) {
    Int8Matrix matrix = matrices.get(name);
    return matrix == null ? file.info(name) : new TensorInfo(Dtype.F32, matrix.shape());
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    Int8Matrix matrix = matrices.get(name);
    if (matrix == null) {
      file.readInto(name, offset, target);
    } else {
      matrix.readValues(offset, target);
    }
  }

  @Override
  public Optional<Int8Matrix> int8(String name) {
    return Optional.ofNullable(matrices.get(name));
  }

  @Override
  public void close() {
    file.close();
  }
}
