package org.omnimamba.training.step;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DescribedFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.training.data.Batch;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * A step on one device: a single function has forward, backward, clipping and AdamW, which XLA sees
 * as a whole. With accumulation, one call for each micro-batch.
 */
final class OneDeviceCalls implements StepCalls {
  private final TrainableParameters parameters;
  private final Objective objective;
  private final TrainOptions options;
  private final GradientSums earlier;
  private final CompiledFunction update;
  private final @Nullable CompiledFunction accumulate;
  private final StepSignature signature;

  OneDeviceCalls(
      DeviceProgram program,
      TrainableParameters parameters,
      Objective objective,
      TrainOptions options) {
    this.parameters = parameters;
    this.objective = objective;
    this.options = options;
    earlier = new GradientSums(program, parameters, options.accumulate());
    accumulate =
        options.accumulate() > 1 ? program.function("accumulate", this::buildAccumulate) : null;
    DescribedFunction<StepSignature> described =
        program.describedFunction("train", this::buildUpdate);
    update = described.function();
    signature = described.description();
  }

  @Override
  public StepTotals run(long first, float[] rates, List<Batch> microBatches) {
    // all are fed before the first one runs, so that a wrong batch changes nothing
    List<CompiledFunction.Call> calls = new ArrayList<>();
    for (int i = 0; i < microBatches.size(); i++) {
      boolean last = i == microBatches.size() - 1;
      CompiledFunction.Call call = (last || accumulate == null ? update : accumulate).call();
      call.longs(options.seed(), first + i);
      if (last) {
        call.floats(rates);
      }
      ObjectiveCall.feed(call, signature.inputs(), microBatches.get(i));
      calls.add(call);
    }
    StepTotals totals = new StepTotals(signature);
    for (CompiledFunction.Call call : calls) {
      CompiledFunction.Outputs outputs = call.run();
      totals.add(outputs.floats(0));
      List<float[]> observations = new ArrayList<>();
      for (int i = 0; i < signature.observations().size(); i++) {
        observations.add(outputs.floats(1 + i));
      }
      totals.observe(observations);
    }
    return totals;
  }

  private Passes passes(FunctionScope scope, Operand<TInt64> seed) {
    return Passes.build(scope, parameters, objective, options, seed, ObjectiveScope.Share.WHOLE);
  }

  private List<Operand<?>> buildAccumulate(FunctionScope scope) {
    Passes passes = passes(scope, scope.input(TInt64.class, Shape.of(2)));
    earlier.add(scope, passes.gradients());
    return outputs(scope.tf(), passes, scope.tf().constant(0f));
  }

  private DescribedFunction.Built<StepSignature> buildUpdate(FunctionScope scope) {
    Ops tf = scope.tf();
    Operand<TInt64> seed = scope.input(TInt64.class, Shape.of(2));
    Operand<TFloat32> rates = scope.input(TFloat32.class, AdamWUpdate.RATES);
    Passes passes = passes(scope, seed);
    List<Operand<TFloat32>> gradients = earlier.mean(scope, passes.gradients());
    Operand<TFloat32> norm = AdamWUpdate.norm(tf, gradients);
    new AdamWUpdate(scope, options.optimizer(), rates).apply(parameters.packs(), gradients, norm);
    return new DescribedFunction.Built<>(outputs(tf, passes, norm), passes.signature());
  }

  /** The scalars; then the observations. */
  private static List<Operand<?>> outputs(Ops tf, Passes passes, Operand<TFloat32> norm) {
    List<Operand<?>> outputs = new ArrayList<>();
    outputs.add(passes.scalars(tf, norm));
    outputs.addAll(passes.loss().observations().values());
    return outputs;
  }
}
