package org.omnimamba.training.data;

import java.lang.reflect.Array;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Named arrays in host memory, row-major: what one training step is fed. Floats are {@code
 * float[]}, ids and labels {@code long[]}, pictures {@code byte[]}. The arrays are not copied and
 * must not change afterwards.
 */
public final class Batch {
  private final Map<String, Object> arrays;

  private Batch(Map<String, Object> arrays) {
    this.arrays = arrays;
  }

  /** A batch without arrays, to which {@code with} adds some. */
  public static Batch empty() {
    return new Batch(Map.of());
  }

  public Batch with(String name, float[] values) {
    return plus(name, values);
  }

  public Batch with(String name, long[] values) {
    return plus(name, values);
  }

  public Batch with(String name, byte[] values) {
    return plus(name, values);
  }

  /** All arrays of this batch and another one; their names must differ. */
  public Batch with(Batch other) {
    Batch joined = this;
    for (Map.Entry<String, Object> array : other.arrays.entrySet()) {
      joined = joined.plus(array.getKey(), array.getValue());
    }
    return joined;
  }

  private Batch plus(String name, Object values) {
    Map<String, Object> all = new LinkedHashMap<>(arrays);
    if (all.put(name, values) != null) {
      throw new IllegalArgumentException("the batch has an array " + name + " already");
    }
    return new Batch(all);
  }

  /**
   * The batch with an even part of some of its arrays: row-major, so a part of their rows.
   *
   * @param index of the part, from 0 on
   * @param count parts that an array has
   * @param parted which arrays; of the others all is kept
   * @throws IllegalArgumentException if an array has no so many even parts
   */
  public Batch share(int index, int count, Predicate<String> parted) {
    Map<String, Object> all = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) ->
            all.put(name, parted.test(name) ? part(name, array, index, count) : array));
    return new Batch(all);
  }

  private static Object part(String name, Object array, int index, int count) {
    int length = Array.getLength(array);
    if (length % count != 0) {
      throw new IllegalArgumentException(
          "'%s' has %d elements, which are not %d even parts".formatted(name, length, count));
    }
    int size = length / count;
    Object part = Array.newInstance(array.getClass().getComponentType(), size);
    System.arraycopy(array, index * size, part, 0, size);
    return part;
  }

  public Set<String> names() {
    return arrays.keySet();
  }

  /**
   * The array of floats called {@code name}.
   *
   * @throws IllegalArgumentException if there is no such array
   */
  public float[] floats(String name) {
    return array(name, float[].class);
  }

  /**
   * The array of ids or labels called {@code name}.
   *
   * @throws IllegalArgumentException if there is no such array
   */
  public long[] longs(String name) {
    return array(name, long[].class);
  }

  /**
   * The array of bytes called {@code name}.
   *
   * @throws IllegalArgumentException if there is no such array
   */
  public byte[] bytes(String name) {
    return array(name, byte[].class);
  }

  private <T> T array(String name, Class<T> type) {
    Object values = arrays.get(name);
    if (!type.isInstance(values)) {
      throw new IllegalArgumentException(
          "the batch has no %s '%s', only %s"
              .formatted(type.getSimpleName(), name, arrays.keySet()));
    }
    return type.cast(values);
  }
}
