package org.omnimamba.training.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.device.ReplicatedFunction;
import org.omnimamba.model.device.ReplicatedValue;
import org.omnimamba.training.data.Batch;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * A step whose micro-batches several devices share evenly. Every device has all parameters and
 * moments. Each computes the gradients of its rows; once a step they are summed over the devices,
 * in float32, and every device makes the same update:
 *
 * <pre>
 *   device 0: gradients --+        +--&gt; update
 *                         | sum -- |       ^
 *                         |        +--&gt; norm of the first device's sum
 *                         |        |       v
 *   device 1: gradients --+        +--&gt; update
 * </pre>
 *
 * The copies stay equal to the bit: the sums are, the norm is computed once, and the rest of the
 * update works on each element by itself. With accumulation, the earlier micro-batches' gradients
 * stay on their device until the step's sum.
 */
final class ParallelCalls implements StepCalls {
  private final DeviceProgram program;
  private final TrainableParameters parameters;
  private final Objective share;
  private final TrainOptions options;
  private final GradientSums earlier;
  private final @Nullable ReplicatedFunction accumulate;
  private final ReplicatedFunction gradients;
  private final ReplicatedFunction norm;
  private final ReplicatedFunction update;
  private StepSignature signature = new StepSignature(Map.of(), List.of(), List.of());

  /**
   * @throws IllegalArgumentException if devices cannot share the objective's rows
   */
  ParallelCalls(
      DeviceProgram program,
      TrainableParameters parameters,
      Objective objective,
      TrainOptions options) {
    this.program = program;
    this.parameters = parameters;
    this.share = objective.share(program.devices());
    this.options = options;
    earlier = new GradientSums(program, parameters, options.accumulate());
    accumulate =
        options.accumulate() > 1
            ? program.replicated("accumulate", List.of(), this::buildAccumulate)
            : null;
    gradients = program.replicated("gradients", List.of(), this::buildGradients);
    List<ReplicatedValue> sums = new ArrayList<>();
    for (int pack = 0; pack < parameters.packs().size(); pack++) {
      sums.add(program.sumOverDevices(gradients.output(1 + pack)));
    }
    norm = program.replicated("norm", sums, this::buildNorm);
    List<ReplicatedValue> forUpdate = new ArrayList<>(sums);
    forUpdate.add(norm.output(0).ofFirstDevice());
    update = program.replicated("update", forUpdate, this::buildUpdate);
  }

  @Override
  public StepTotals run(long first, float[] rates, List<Batch> microBatches) {
    // all are fed before the first one runs, so that a wrong batch changes nothing
    List<List<CompiledFunction.Call>> runs = new ArrayList<>();
    for (int i = 0; i < microBatches.size(); i++) {
      boolean last = i == microBatches.size() - 1;
      ReplicatedFunction function = last || accumulate == null ? gradients : accumulate;
      runs.add(shares(function, first + i, microBatches.get(i)));
    }
    List<CompiledFunction.Call> lastRun = runs.get(runs.size() - 1);
    lastRun.add(norm.on(0).call());
    for (int device = 0; device < program.devices(); device++) {
      lastRun.add(update.on(device).call().floats(rates));
    }
    StepTotals totals = new StepTotals(signature);
    for (List<CompiledFunction.Call> calls : runs) {
      List<CompiledFunction.Outputs> outputs = program.runTogether(calls);
      outputs.subList(0, program.devices()).forEach(one -> totals.add(one.floats(0)));
      if (calls == lastRun) {
        totals.addNorm(outputs.get(program.devices()).floats(0)[0]);
      }
    }
    return totals;
  }

  /** One call for each device, with its rows of the batch. */
  private List<CompiledFunction.Call> shares(
      ReplicatedFunction function, long number, Batch batch) {
    List<CompiledFunction.Call> calls = new ArrayList<>();
    for (int device = 0; device < program.devices(); device++) {
      CompiledFunction.Call call = function.on(device).call().wanting(0);
      call.longs(options.seed(), number).longs(device);
      Batch own = ObjectiveCall.share(signature.inputs(), batch, device, program.devices());
      ObjectiveCall.feed(call, signature.inputs(), own);
      calls.add(call);
    }
    return calls;
  }

  private Passes passes(FunctionScope scope) {
    Operand<TInt64> seed = scope.input(TInt64.class, Shape.of(2));
    Operand<TInt64> index = scope.input(TInt64.class, Shape.of(1));
    Passes passes =
        Passes.build(
            scope,
            parameters,
            share,
            options,
            seed,
            new ObjectiveScope.Share(program.devices(), index));
    signature = passes.signature();
    if (!signature.observations().isEmpty()) {
      throw new IllegalArgumentException(
          "%s are observed of a whole batch, which devices cannot share"
              .formatted(signature.observations()));
    }
    return passes;
  }

  private List<Operand<?>> buildAccumulate(FunctionScope scope) {
    Passes passes = passes(scope);
    earlier.add(scope, passes.gradients());
    return List.of(passes.scalars(scope.tf(), scope.tf().constant(0f)));
  }

  private List<Operand<?>> buildGradients(FunctionScope scope) {
    Passes passes = passes(scope);
    List<Operand<?>> outputs = new ArrayList<>();
    outputs.add(passes.scalars(scope.tf(), scope.tf().constant(0f)));
    outputs.addAll(earlier.mean(scope, passes.gradients()));
    return outputs;
  }

  private List<Operand<?>> buildNorm(FunctionScope scope) {
    return List.of(
        scope.tf().reshape(AdamWUpdate.norm(scope.tf(), sums(scope)), scope.tf().array(1L)));
  }

  private List<Operand<?>> buildUpdate(FunctionScope scope) {
    Ops tf = scope.tf();
    List<Operand<TFloat32>> sums = sums(scope);
    Operand<TFloat32> one = scope.input(TFloat32.class, Shape.of(1));
    Operand<TFloat32> rates = scope.input(TFloat32.class, AdamWUpdate.RATES);
    new AdamWUpdate(scope, options.optimizer(), rates)
        .apply(parameters.packs(), sums, tf.reshape(one, tf.constant(new long[0])));
    return List.of();
  }

  private List<Operand<TFloat32>> sums(FunctionScope scope) {
    List<Operand<TFloat32>> sums = new ArrayList<>();
    for (TrainablePack pack : parameters.packs()) {
      sums.add(scope.input(TFloat32.class, pack.masters().values().shape()));
    }
    return sums;
  }
}
