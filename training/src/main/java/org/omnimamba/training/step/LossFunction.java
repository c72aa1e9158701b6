package org.omnimamba.training.step;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.training.data.Batch;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * An objective without training: its metrics for a batch, without dropout and augmentation, and
 * nothing changes. Used by the program's one thread.
 */
public final class LossFunction {
  private final TrainableParameters parameters;
  private final Objective objective;
  private final Precision precision;
  private final CompiledFunction function;
  private Map<String, ObjectiveInput> inputs = Map.of();
  private List<String> metrics = List.of();

  private LossFunction(
      DeviceProgram program,
      TrainableParameters parameters,
      Objective objective,
      Precision precision) {
    this.parameters = parameters;
    this.objective = objective;
    this.precision = precision;
    this.function = program.function("loss", this::build);
  }

  /**
   * Builds the function; the first call compiles it.
   *
   * @param parameters loaded for {@code objective} into the same program
   */
  public static LossFunction create(
      DeviceProgram program,
      TrainableParameters parameters,
      Objective objective,
      Precision precision) {
    return new LossFunction(program, parameters, objective, precision);
  }

  private List<Operand<TFloat32>> build(FunctionScope scope) {
    Ops tf = scope.tf();
    ObjectiveScope inside =
        new ObjectiveScope(scope, new BlockContext(tf, parameters.in(scope), precision), null);
    Loss loss = objective.build(inside);
    inputs = inside.inputs();
    metrics = List.copyOf(loss.metrics().keySet());
    List<Operand<TFloat32>> scalars = new ArrayList<>();
    for (Operand<TFloat32> scalar : loss.metrics().values()) {
      scalars.add(tf.reshape(scalar, tf.constant(new long[] {1})));
    }
    return scalars;
  }

  /**
   * The objective's metrics.
   *
   * @throws IllegalArgumentException if the batch lacks an array that the objective declares
   */
  public Map<String, Float> run(Batch batch) {
    CompiledFunction.Call call = function.call();
    ObjectiveCall.feed(call, inputs, batch);
    CompiledFunction.Outputs outputs = call.run();
    Map<String, Float> values = new LinkedHashMap<>();
    for (int i = 0; i < metrics.size(); i++) {
      values.put(metrics.get(i), outputs.floats(i)[0]);
    }
    return values;
  }
}
