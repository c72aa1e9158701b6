package org.omnimamba.training.step;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.DeviceVariables;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.FunctionScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Tensors end to end in one float32 variable {@code [elements]}. */
final class ParameterPack {
  /** Elements of a pack, unless a single tensor has more: a quarter of a gigabyte. */
  private static final long MAX_ELEMENTS = 1L << 26;

  private final String name;
  private final Map<String, Place> places;
  private final DeviceVariable values;

  /** Where a tensor is. */
  private record Place(int offset, Shape shape) {
    int size() {
      return Math.toIntExact(shape.size());
    }
  }

  private ParameterPack(String name, Map<String, Place> places, DeviceVariable values) {
    this.name = name;
    this.places = places;
    this.values = values;
  }

  /**
   * Loads tensors into as few packs as their sizes allow, in their order.
   *
   * @param name prefix of the variables' names
   */
  static List<ParameterPack> load(
      DeviceVariables variables, String name, TensorSource source, Collection<String> tensors) {
    List<ParameterPack> packs = new ArrayList<>();
    Map<String, Place> places = new LinkedHashMap<>();
    long offset = 0;
    for (String tensor : tensors) {
      Shape shape = source.info(tensor).shape();
      if (!places.isEmpty() && offset + shape.size() > MAX_ELEMENTS) {
        packs.add(load(variables, name + "_" + packs.size(), source, places, offset));
        places = new LinkedHashMap<>();
        offset = 0;
      }
      places.put(tensor, new Place(Math.toIntExact(offset), shape));
      offset += shape.size();
    }
    if (!places.isEmpty()) {
      packs.add(load(variables, name + "_" + packs.size(), source, places, offset));
    }
    return packs;
  }

  private static ParameterPack load(
      DeviceVariables variables,
      String name,
      TensorSource source,
      Map<String, Place> places,
      long elements) {
    DeviceVariable variable =
        variables.create(
            name,
            ElementType.F32,
            Shape.of(elements),
            memory ->
                places.forEach(
                    (tensor, place) ->
                        memory
                            .data()
                            .asFloats()
                            .slice(place.offset(), place.size())
                            .write(source.readFloats(tensor))));
    return new ParameterPack(name, places, variable);
  }

  String name() {
    return name;
  }

  Collection<String> tensors() {
    return places.keySet();
  }

  boolean contains(String tensor) {
    return places.containsKey(tensor);
  }

  Shape shape(String tensor) {
    return place(tensor).shape();
  }

  DeviceVariable values() {
    return values;
  }

  /** A tensor inside a function. */
  Operand<TFloat32> in(FunctionScope scope, String tensor) {
    Place place = place(tensor);
    Ops tf = scope.tf();
    Operand<TFloat32> part =
        tf.slice(
            scope.read(values, TFloat32.class),
            tf.constant(new int[] {place.offset()}),
            tf.constant(new int[] {place.size()}));
    return tf.reshape(part, tf.constant(place.shape().asArray()));
  }

  /** A tensor's part of the pack's elements. */
  float[] cut(float[] pack, String tensor) {
    Place place = place(tensor);
    return java.util.Arrays.copyOfRange(pack, place.offset(), place.offset() + place.size());
  }

  /** Replaces a tensor's part of the pack's elements. */
  void paste(float[] pack, String tensor, float[] elements) {
    Place place = place(tensor);
    if (elements.length != place.size()) {
      throw new IllegalArgumentException(
          "%s has %d elements, not %d".formatted(tensor, place.size(), elements.length));
    }
    System.arraycopy(elements, 0, pack, place.offset(), elements.length);
  }

  private Place place(String tensor) {
    Place place = places.get(tensor);
    if (place == null) {
      throw new IllegalArgumentException("there is no " + tensor + " in " + name);
    }
    return place;
  }
}
