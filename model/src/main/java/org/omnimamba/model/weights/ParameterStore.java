package org.omnimamba.model.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.DeviceVariables;
import org.omnimamba.model.device.DeviceVariables.NewVariable;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.Int8Weights;
import org.omnimamba.model.graph.ParameterSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/**
 * The parameters of a model as variables of a program. A tensor of the checkpoint is a variable of
 * its own, or one row of a variable that stacks the same tensor of all layers.
 */
public final class ParameterStore {
  private final DeviceVariables variables;
  private final WeightStorage storage;
  private final Map<String, Place> places = new LinkedHashMap<>();
  private final Map<String, DeviceVariable> filters = new LinkedHashMap<>();

  /**
   * Where a parameter is.
   *
   * @param scales of a parameter in int8; else null
   * @param row of stacked variables; -1 if the variable is the parameter
   */
  private record Place(DeviceVariable variable, @Nullable DeviceVariable scales, int row) {}

  public ParameterStore(DeviceVariables variables, WeightStorage storage) {
    this.variables = variables;
    this.storage = storage;
  }

  /** Loads each tensor into a variable of its own. */
  public void load(TensorSource source, Collection<String> names) {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    names.forEach(name -> groups.put(name, List.of(name)));
    load(source, groups, false);
  }

  /**
   * Loads tensors, each group of equal shape into one variable {@code [tensors of the group, ...]}.
   *
   * @param groups names of tensors by the name of their variable
   */
  public void loadStacked(TensorSource source, Map<String, List<String>> groups) {
    load(source, groups, true);
  }

  private void load(TensorSource source, Map<String, List<String>> groups, boolean stacked) {
    List<NewVariable> wanted = new ArrayList<>();
    groups.forEach(
        (name, tensors) -> {
          Shape shape = commonShape(source, tensors);
          Shape whole = stacked ? shape.prepend(tensors.size()) : shape;
          if (storage.isInt8(tensors.get(0))) {
            wanted.addAll(Int8Loading.variables(name, whole, source, tensors));
          } else {
            wanted.add(variable(name, source, tensors, whole));
          }
        });
    Map<String, DeviceVariable> created = new HashMap<>();
    variables.create(wanted).forEach(variable -> created.put(variable.name(), variable));
    groups.forEach(
        (name, tensors) -> {
          DeviceVariable variable = Objects.requireNonNull(created.get(name));
          DeviceVariable scales = created.get(Int8Loading.scaleName(name));
          for (int row = 0; row < tensors.size(); row++) {
            places.put(tensors.get(row), new Place(variable, scales, stacked ? row : -1));
          }
        });
  }

  private static Shape commonShape(TensorSource source, List<String> tensors) {
    TensorInfo first = source.info(tensors.get(0));
    for (String tensor : tensors) {
      if (!source.info(tensor).shape().equals(first.shape())) {
        throw new IllegalArgumentException(
            "%s is %s, but %s is %s: they cannot be stacked"
                .formatted(tensor, source.info(tensor).shape(), tensors.get(0), first.shape()));
      }
    }
    return first.shape();
  }

  private NewVariable variable(
      String name, TensorSource source, List<String> tensors, Shape shape) {
    ElementType type = storage.typeOf(source.info(tensors.get(0)).shape().numDimensions());
    return new NewVariable(
        name,
        type,
        shape,
        memory -> {
          long at = 0;
          for (String tensor : tensors) {
            at += TensorStreaming.copy(source, tensor, type, memory, at);
          }
        });
  }

  /** Loads convolution filters, transposed to the layout in which they are used. */
  public void loadFilters(TensorSource source, Collection<String> names) {
    List<NewVariable> wanted = new ArrayList<>();
    for (String name : names) {
      Shape stored = source.info(name).shape();
      ElementType type = storage.typeOf(stored.numDimensions());
      wanted.add(
          new NewVariable(
              name,
              type,
              FilterLayout.transposed(stored),
              memory -> FilterLayout.fill(source, name, type, memory)));
    }
    for (DeviceVariable variable : variables.create(wanted)) {
      filters.put(variable.name(), variable);
    }
  }

  /** Registers a variable that the caller created as the parameter {@code name}. */
  public void put(String name, DeviceVariable variable) {
    places.put(name, new Place(variable, null, -1));
  }

  public boolean contains(String name) {
    return places.containsKey(name) || filters.containsKey(name);
  }

  /** The variable that holds a parameter, alone or with the same one of other layers. */
  public DeviceVariable variable(String name) {
    return place(name).variable();
  }

  private Place place(String name) {
    @Nullable Place place = places.get(name);
    if (place == null) {
      throw new IllegalArgumentException("there is no parameter " + name);
    }
    return place;
  }

  /** The parameters inside a function. */
  public ParameterSource in(FunctionScope scope) {
    Map<String, Operand<? extends TNumber>> slices = new LinkedHashMap<>();
    return new ParameterSource() {
      @Override
      public Operand<? extends TNumber> get(String name) {
        @Nullable Int8Weights int8 = int8(name);
        return int8 != null
            ? int8.values(scope.tf())
            : slices.computeIfAbsent(name, n -> slice(scope, n));
      }

      @Override
      public @Nullable Int8Weights int8(String name) {
        Place place = place(name);
        @Nullable DeviceVariable scales = place.scales();
        return scales == null
            ? null
            : new Int8Weights(
                slice(scope, place.variable(), place.row(), TUint8.class),
                slice(scope, scales, place.row(), TFloat32.class));
      }

      @Override
      public Operand<? extends TNumber> filter(Ops tf, String name) {
        @Nullable DeviceVariable filter = filters.get(name);
        return filter == null
            ? ParameterSource.super.filter(tf, name)
            : scope.read(filter).asOutput().expect(filter.numberType());
      }
    };
  }

  private Operand<? extends TNumber> slice(FunctionScope scope, String name) {
    Place place = place(name);
    return slice(scope, place.variable(), place.row(), place.variable().numberType());
  }

  private static <T extends TNumber> Operand<T> slice(
      FunctionScope scope, DeviceVariable variable, int row, Class<T> type) {
    Operand<T> whole = scope.read(variable).asOutput().expect(type);
    return row < 0 ? whole : row(scope.tf(), whole, variable, row);
  }

  private static <T extends TNumber> Operand<T> row(
      Ops tf, Operand<T> whole, DeviceVariable variable, int row) {
    long[] shape = variable.shape().asArray();
    long[] begin = new long[shape.length];
    begin[0] = row;
    long[] size = shape.clone();
    size[0] = 1;
    long[] rest = Arrays.copyOfRange(shape, 1, shape.length);
    return tf.reshape(tf.slice(whole, tf.constant(begin), tf.constant(size)), tf.constant(rest));
  }
}
