package org.omnimamba.training.step;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.DeviceVariables;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.ParameterSource;
import org.omnimamba.model.weights.ParameterProbe;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * The parameters that an objective reads, on the device: float32 masters of what is trained, with
 * AdamW's moments, and float32 values of what is frozen. Parameters that the objective does not
 * read stay where they are: a stage may declare them trainable, but they have no gradient and are
 * left untouched.
 */
public final class TrainableParameters {
  private final DeviceVariables variables;
  private final List<TrainablePack> trainable;
  private final List<ParameterPack> frozen;
  private final Map<String, ParameterPack> packs = new LinkedHashMap<>();
  private final Set<String> names = new LinkedHashSet<>();

  private TrainableParameters(
      DeviceVariables variables, List<TrainablePack> trainable, List<ParameterPack> frozen) {
    this.variables = variables;
    this.trainable = trainable;
    this.frozen = frozen;
    for (TrainablePack pack : trainable) {
      pack.masters().tensors().forEach(name -> packs.put(name, pack.masters()));
    }
    names.addAll(packs.keySet());
    for (ParameterPack pack : frozen) {
      pack.tensors().forEach(name -> packs.put(name, pack));
    }
  }

  /**
   * Loads what objectives read.
   *
   * @param program gets the variables; one set of trainable parameters for each program
   * @param initial values before the first step; needed during this call only
   * @param trained which of the parameters are trained; the others are frozen
   * @param objectives all that will be used with these parameters
   * @throws IllegalArgumentException if the objectives read nothing that is trained
   */
  public static TrainableParameters load(
      DeviceProgram program,
      TensorSource initial,
      Predicate<String> trained,
      Objective... objectives) {
    List<String> matrices = new ArrayList<>();
    List<String> vectors = new ArrayList<>();
    List<String> frozen = new ArrayList<>();
    for (String name : read(initial, objectives)) {
      if (!trained.test(name)) {
        frozen.add(name);
      } else if (initial.info(name).shape().numDimensions() >= 2) {
        matrices.add(name);
      } else {
        vectors.add(name);
      }
    }
    if (matrices.isEmpty() && vectors.isEmpty()) {
      throw new IllegalArgumentException(
          "nothing to train: the objective reads only frozen parameters, such as "
              + frozen.stream().limit(3).toList());
    }
    DeviceVariables variables = program.variables();
    List<TrainablePack> packs = new ArrayList<>();
    for (ParameterPack pack : ParameterPack.load(variables, "matrices", initial, matrices)) {
      packs.add(TrainablePack.create(variables, pack, true));
    }
    for (ParameterPack pack : ParameterPack.load(variables, "vectors", initial, vectors)) {
      packs.add(TrainablePack.create(variables, pack, false));
    }
    return new TrainableParameters(
        variables, packs, ParameterPack.load(variables, "frozen", initial, frozen));
  }

  /** Names of the parameters that objectives read, in the order of their first use. */
  private static Set<String> read(TensorSource source, Objective... objectives) {
    Set<String> names = new LinkedHashSet<>();
    for (Objective objective : objectives) {
      ParameterProbe probe =
          ParameterProbe.of(
              source,
              (scope, root) -> {
                Operand<TInt64> seed = scope.input(TInt64.class, Shape.of(2));
                return List.of(objective.build(new ObjectiveScope(scope, root, seed)).value());
              });
      names.addAll(probe.names());
      names.addAll(probe.filters());
    }
    return names;
  }

  /** Names of what is trained. */
  public Set<String> names() {
    return Collections.unmodifiableSet(names);
  }

  /** Names of what is read and not trained. */
  public Set<String> frozen() {
    Set<String> all = new LinkedHashSet<>();
    frozen.forEach(pack -> all.addAll(pack.tensors()));
    return all;
  }

  /** The shape of a parameter. */
  public Shape shape(String name) {
    return pack(name).shape(name);
  }

  /** Elements of what is trained. */
  public long trainedElements() {
    return trainable.stream().mapToLong(pack -> pack.masters().values().shape().size()).sum();
  }

  /** A parameter's present values. Copies its whole pack to the host. */
  public float[] read(String name) {
    ParameterPack pack = pack(name);
    return pack.cut(variables.readFloats(pack.values()), name);
  }

  /** The present values of everything that is trained, by name. */
  public Map<String, float[]> readTrained() {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (TrainablePack pack : trainable) {
      float[] elements = variables.readFloats(pack.masters().values());
      pack.masters()
          .tensors()
          .forEach(name -> values.put(name, pack.masters().cut(elements, name)));
    }
    return values;
  }

  /**
   * Replaces a parameter's values; AdamW's moments of it are kept. Copies its whole pack to the
   * host and back.
   */
  public void write(String name, float[] values) {
    ParameterPack pack = pack(name);
    float[] elements = variables.readFloats(pack.values());
    pack.paste(elements, name, values);
    variables.assign(pack.values(), memory -> memory.data().asFloats().write(elements));
  }

  /** The parameters inside a function, as float32. */
  public ParameterSource in(FunctionScope scope) {
    return new FunctionParameters(scope);
  }

  private ParameterPack pack(String name) {
    ParameterPack pack = packs.get(name);
    if (pack == null) {
      throw new IllegalArgumentException(
          "the parameter %s was not read by any objective when these were loaded".formatted(name));
    }
    return pack;
  }

  DeviceVariables variables() {
    return variables;
  }

  List<TrainablePack> packs() {
    return trainable;
  }

  /** Each parameter is one operand of the function, however often it is read. */
  final class FunctionParameters implements ParameterSource {
    private final FunctionScope scope;
    private final Map<String, Operand<TFloat32>> operands = new LinkedHashMap<>();
    private @Nullable Map<Output<?>, Output<?>> copies;

    FunctionParameters(FunctionScope scope) {
      this.scope = scope;
    }

    @Override
    public Operand<? extends TNumber> get(String name) {
      Output<TFloat32> original = operand(name).asOutput();
      if (copies == null) {
        return original;
      }
      return copies
          .computeIfAbsent(original, o -> scope.tf().stopGradient(original).asOutput())
          .expect(TFloat32.class);
    }

    /**
     * Builds something with copies of the parameters, whose gradients are apart from those of all
     * other places where the parameters are read.
     *
     * @return the copy of each operand that was read
     */
    Map<Output<?>, Output<?>> copying(Runnable building) {
      Map<Output<?>, Output<?>> made = new LinkedHashMap<>();
      copies = made;
      try {
        building.run();
        return made;
      } finally {
        copies = null;
      }
    }

    Operand<TFloat32> operand(String name) {
      return operands.computeIfAbsent(name, n -> pack(n).in(scope, n));
    }

    boolean isRead(String name) {
      return operands.containsKey(name);
    }
  }
}
