package org.omnimamba.model.checkpoint.torch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;

/** What a pickle of a checkpoint can hold beside texts, numbers and booleans. */
final class PickleObjects {
  private PickleObjects() {}

  /** Python's None. */
  enum None {
    NONE
  }

  /** A list, tuple or set. Compared by identity, so that nesting costs nothing. */
  static final class PickleList {
    final List<Object> items;
    final boolean mutable;

    PickleList(List<Object> items, boolean mutable) {
      this.items = items;
      this.mutable = mutable;
    }

    static PickleList list() {
      return new PickleList(new ArrayList<>(), true);
    }

    static PickleList tuple(List<Object> items) {
      return new PickleList(items, false);
    }
  }

  /** A dict or OrderedDict; keys are texts, numbers or booleans. */
  static final class Dict {
    final Map<Object, Object> items = new LinkedHashMap<>();
  }

  /** An importable name; whether it may be used is decided by {@link TorchGlobals}. */
  record Global(String module, String name) {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /**
   * A storage that tensors are views of.
   *
   * @param key its name in the container
   * @param elements its length
   */
  record Storage(Dtype dtype, String key, long elements) {}

  /**
   * A tensor: a strided view of a storage.
   *
   * @param offset of the first element in the storage, in elements
   * @param strides steps in elements per dimension
   */
  record Tensor(Storage storage, TensorInfo info, long offset, List<Long> strides) {
    Tensor {
      strides = List.copyOf(strides);
    }

    /** Whether the elements lie in the storage in row-major order without gaps. */
    boolean isContiguous() {
      long[] shape = info.shape().asArray();
      long expected = 1;
      for (int i = shape.length - 1; i >= 0; i--) {
        if (shape[i] != 1 && strides.get(i) != expected) {
          return false;
        }
        expected *= Math.max(1, shape[i]);
      }
      return true;
    }
  }
}
