package org.omnimamba.model.checkpoint.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Dict;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Global;
import org.omnimamba.model.checkpoint.torch.PickleObjects.None;
import org.omnimamba.model.checkpoint.torch.PickleObjects.PickleList;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Storage;
import org.omnimamba.model.checkpoint.torch.PickleObjects.Tensor;
import org.tensorflow.ndarray.Shape;

/**
 * The only names that a checkpoint's pickle may mention, and what each of them means here. Nothing
 * is looked up, loaded or called by name.
 */
final class TorchGlobals {
  private static final Global ORDERED_DICT = new Global("collections", "OrderedDict");
  private static final Global REBUILD_TENSOR = new Global("torch._utils", "_rebuild_tensor");
  private static final Global REBUILD_TENSOR_V2 = new Global("torch._utils", "_rebuild_tensor_v2");
  private static final Global REBUILD_PARAMETER = new Global("torch._utils", "_rebuild_parameter");
  private static final Global SIZE = new Global("torch", "Size");

  private static final Set<Global> CALLABLE =
      Set.of(ORDERED_DICT, REBUILD_TENSOR, REBUILD_TENSOR_V2, REBUILD_PARAMETER, SIZE);

  private static final Map<Global, Dtype> STORAGES =
      Map.of(
          new Global("torch", "DoubleStorage"), Dtype.F64,
          new Global("torch", "FloatStorage"), Dtype.F32,
          new Global("torch", "HalfStorage"), Dtype.F16,
          new Global("torch", "BFloat16Storage"), Dtype.BF16,
          new Global("torch", "LongStorage"), Dtype.I64,
          new Global("torch", "IntStorage"), Dtype.I32,
          new Global("torch", "ShortStorage"), Dtype.I16,
          new Global("torch", "CharStorage"), Dtype.I8,
          new Global("torch", "ByteStorage"), Dtype.U8,
          new Global("torch", "BoolStorage"), Dtype.BOOL);

  private TorchGlobals() {}

  /**
   * @throws IllegalArgumentException if the name is not on the list
   */
  static Global allowed(String module, String name) {
    Global global = new Global(module, name);
    if (!CALLABLE.contains(global) && !STORAGES.containsKey(global)) {
      throw new IllegalArgumentException(
          "it asks for %s, which is not on the list of what a checkpoint may contain"
              .formatted(global));
    }
    return global;
  }

  /**
   * What calling a global of the list gives.
   *
   * @throws IllegalArgumentException if it cannot be called like this
   */
  static Object call(Object callable, Object arguments) {
    if (!(callable instanceof Global global)
        || !CALLABLE.contains(global)
        || !(arguments instanceof PickleList sequence)) {
      throw new IllegalArgumentException("it calls something that is not a function of the list");
    }
    List<Object> args = sequence.items;
    if (global.equals(ORDERED_DICT)) {
      return orderedDict(args);
    }
    if (global.equals(SIZE)) {
      return at(args, 0, PickleList.class, global);
    }
    if (global.equals(REBUILD_PARAMETER)) {
      return at(args, 0, Tensor.class, global);
    }
    return tensor(global, args);
  }

  /**
   * A new dict. Items come by instructions of their own: a list of them as an argument could be
   * named once and unfolded many times.
   */
  private static Dict orderedDict(List<Object> args) {
    if (!args.isEmpty()) {
      throw new IllegalArgumentException(
          "an OrderedDict is called with arguments; save the checkpoint with Python 3");
    }
    return new Dict();
  }

  /**
   * Adds an item to a dict.
   *
   * @throws IllegalArgumentException if the key is neither text nor number
   */
  static void put(Dict dict, Object key, Object value) {
    // other keys would be hashed, which a nested one could make arbitrarily expensive
    if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
      throw new IllegalArgumentException("a dict has a key that is neither text nor number");
    }
    dict.items.put(key, value);
  }

  private static Tensor tensor(Global global, List<Object> args) {
    Storage storage = at(args, 0, Storage.class, global);
    long offset = at(args, 1, Long.class, global);
    List<Long> sizes = longs(at(args, 2, PickleList.class, global));
    List<Long> strides = longs(at(args, 3, PickleList.class, global));
    if (sizes.size() != strides.size()) {
      throw new IllegalArgumentException(
          "a tensor has %d sizes and %d strides".formatted(sizes.size(), strides.size()));
    }
    Shape shape = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    TensorInfo info = new TensorInfo(storage.dtype(), shape);
    checkInside(storage, info, offset, strides);
    return new Tensor(storage, info, offset, strides);
  }

  private static void checkInside(
      Storage storage, TensorInfo info, long offset, List<Long> strides) {
    long last = offset;
    boolean outside = offset < 0;
    try {
      for (int i = 0; i < strides.size(); i++) {
        outside |= strides.get(i) < 0;
        long steps = Math.max(0, info.shape().get(i) - 1);
        last = Math.addExact(last, Math.multiplyExact(steps, strides.get(i)));
      }
    } catch (ArithmeticException e) {
      outside = true;
    }
    // a view with steps of zero could make any number of elements out of one
    outside |= info.elements() > storage.elements();
    if (outside || (info.elements() > 0 && last >= storage.elements())) {
      throw new IllegalArgumentException(
          "a tensor %s reaches outside its storage %s of %d elements"
              .formatted(info, storage.key(), storage.elements()));
    }
  }

  /**
   * The storage a persistent id stands for: {@code ("storage", type, key, location, elements)}.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  static Storage storage(Object id) {
    if (id instanceof PickleList tuple
        && (tuple.items.size() == 5 || isLegacy(tuple.items))
        && "storage".equals(tuple.items.get(0))
        && tuple.items.get(1) instanceof Global type
        && tuple.items.get(2) instanceof String key
        && tuple.items.get(4) instanceof Long elements) {
      Dtype dtype = STORAGES.get(type);
      if (dtype != null && elements >= 0 && elements <= Long.MAX_VALUE / dtype.bytes()) {
        return new Storage(dtype, key, elements);
      }
    }
    throw new IllegalArgumentException("a storage is described in an unknown way");
  }

  /** The legacy format has a sixth element, for views of storages, which are long gone. */
  private static boolean isLegacy(List<Object> items) {
    return items.size() == 6 && items.get(5) == None.NONE;
  }

  private static List<Long> longs(PickleList sequence) {
    if (sequence.items.size() > TensorInfo.MAX_DIMENSIONS) {
      throw new IllegalArgumentException(
          "a tensor has %d dimensions".formatted(sequence.items.size()));
    }
    List<Long> values = new ArrayList<>();
    for (Object item : sequence.items) {
      if (!(item instanceof Long value)) {
        throw new IllegalArgumentException("a size of a tensor is not an integer");
      }
      values.add(value);
    }
    return values;
  }

  private static <T> T at(List<Object> args, int index, Class<T> type, Global global) {
    if (index >= args.size() || !type.isInstance(args.get(index))) {
      throw new IllegalArgumentException("%s is called with other arguments".formatted(global));
    }
    return type.cast(args.get(index));
  }
}
