package org.omnimamba.training.step;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DescribedFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.step.TrainableParameters.FunctionParameters;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Optimiser steps of one objective. A step is one call of one compiled function: forward, backward,
 * clipping and AdamW; with accumulation, one call for each micro-batch. Used by the program's one
 * thread.
 *
 * <p>If the gradients' norm is not a finite number, the parameters and moments stay as they are,
 * and the caller sees the norm.
 */
public final class TrainStep {
  private final TrainableParameters parameters;
  private final Objective objective;
  private final TrainOptions options;
  private final List<DeviceVariable> accumulators = new ArrayList<>();
  private final CompiledFunction update;
  private final @Nullable CompiledFunction accumulate;
  private final Signature signature;
  private long step;

  /**
   * What the objective declared while it was built.
   *
   * @param inputs types of a batch's arrays by name
   * @param metrics names, in the order of the outputs
   * @param observations names, in the order of the outputs
   */
  private record Signature(
      Map<String, ElementType> inputs, List<String> metrics, List<String> observations) {}

  private TrainStep(
      DeviceProgram program,
      TrainableParameters parameters,
      Objective objective,
      TrainOptions options) {
    this.parameters = parameters;
    this.objective = objective;
    this.options = options;
    if (options.accumulate() > 1) {
      for (TrainablePack pack : parameters.packs()) {
        accumulators.add(
            program
                .variables()
                .zeros(
                    pack.masters().name() + "_gradient",
                    ElementType.F32,
                    pack.masters().values().shape()));
      }
      accumulate = program.function("accumulate", this::buildAccumulate);
    } else {
      accumulate = null;
    }
    DescribedFunction<Signature> described = program.describedFunction("train", this::buildUpdate);
    update = described.function();
    signature = described.description();
  }

  /**
   * Builds the functions; the first step compiles them.
   *
   * @param parameters loaded for {@code objective} into the same program
   */
  public static TrainStep create(
      DeviceProgram program,
      TrainableParameters parameters,
      Objective objective,
      TrainOptions options) {
    return new TrainStep(program, parameters, objective, options);
  }

  /** Number of the next step, counted from 0. */
  public long step() {
    return step;
  }

  /** Continues at a step, as after {@link TrainingState#load}. */
  void continueAt(long number) {
    step = number;
  }

  public TrainOptions options() {
    return options;
  }

  /**
   * Takes one step.
   *
   * @param microBatches as many as are accumulated; normally one
   * @param learningRate of this step
   * @throws IllegalArgumentException if a batch lacks an array that the objective declares; nothing
   *     is changed then
   */
  public StepResult run(List<Batch> microBatches, double learningRate) {
    if (microBatches.size() != options.accumulate()) {
      throw new IllegalArgumentException(
          "a step takes %d micro-batches, not %d"
              .formatted(options.accumulate(), microBatches.size()));
    }
    AdamW optimizer = options.optimizer();
    // all are fed before the first one runs, so that a wrong batch changes nothing
    List<CompiledFunction.Call> calls = new ArrayList<>();
    for (int i = 0; i < microBatches.size(); i++) {
      boolean last = i == microBatches.size() - 1;
      CompiledFunction.Call call = (last || accumulate == null ? update : accumulate).call();
      call.longs(options.seed(), step * options.accumulate() + i);
      if (last) {
        call.floats(
            (float) learningRate,
            (float) (learningRate / (1 - Math.pow(optimizer.beta1(), (double) (step + 1)))),
            (float) (1 / Math.sqrt(1 - Math.pow(optimizer.beta2(), (double) (step + 1)))));
      }
      ObjectiveCall.feed(call, signature.inputs(), microBatches.get(i));
      calls.add(call);
    }
    double[] totals = new double[2 + signature.metrics().size()];
    CompiledFunction.Outputs outputs = null;
    for (CompiledFunction.Call call : calls) {
      outputs = call.run();
      float[] scalars = outputs.floats(0);
      for (int k = 0; k < totals.length; k++) {
        totals[k] += scalars[k];
      }
    }
    return result(totals, outputs);
  }

  /** {@link #run(List, double)} with one batch. */
  public StepResult run(Batch batch, double learningRate) {
    return run(List.of(batch), learningRate);
  }

  private StepResult result(double[] totals, CompiledFunction.@Nullable Outputs outputs) {
    int count = options.accumulate();
    Map<String, Float> scalars = new LinkedHashMap<>();
    for (int i = 0; i < signature.metrics().size(); i++) {
      scalars.put(signature.metrics().get(i), (float) (totals[2 + i] / count));
    }
    Map<String, float[]> tensors = new LinkedHashMap<>();
    for (int i = 0; i < signature.observations().size() && outputs != null; i++) {
      tensors.put(signature.observations().get(i), outputs.floats(1 + i));
    }
    // the norm comes from the last call, which alone knows all gradients
    return new StepResult(step++, (float) (totals[0] / count), (float) totals[1], scalars, tensors);
  }

  /**
   * The forward and backward pass.
   *
   * @param gradients one for each pack
   */
  private record Passes(Signature signature, Loss loss, List<Operand<TFloat32>> gradients) {}

  private Passes passes(FunctionScope scope, Operand<TInt64> seed) {
    FunctionParameters read = parameters.new FunctionParameters(scope);
    ObjectiveScope inside =
        new ObjectiveScope(scope, new BlockContext(scope.tf(), read, options.precision()), seed);
    Loss loss = objective.build(inside);
    Signature declared =
        new Signature(
            inside.inputs(),
            List.copyOf(loss.metrics().keySet()),
            List.copyOf(loss.observations().keySet()));
    return new Passes(
        declared, loss, Gradients.of(scope.tf(), loss.value(), read, parameters.packs()));
  }

  private List<Operand<?>> buildAccumulate(FunctionScope scope) {
    Ops tf = scope.tf();
    Operand<TInt64> seed = scope.input(TInt64.class, Shape.of(2));
    Passes passes = passes(scope, seed);
    for (int i = 0; i < accumulators.size(); i++) {
      DeviceVariable accumulator = accumulators.get(i);
      Operand<TFloat32> sum =
          tf.math.add(scope.read(accumulator, TFloat32.class), passes.gradients().get(i));
      assign(scope, accumulator, sum);
    }
    return outputs(tf, passes.loss(), tf.constant(0f));
  }

  private DescribedFunction.Built<Signature> buildUpdate(FunctionScope scope) {
    Ops tf = scope.tf();
    Operand<TInt64> seed = scope.input(TInt64.class, Shape.of(2));
    Operand<TFloat32> rates = scope.input(TFloat32.class, Shape.of(3));
    Passes passes = passes(scope, seed);
    List<Operand<TFloat32>> gradients = new ArrayList<>(passes.gradients());
    for (int i = 0; i < accumulators.size(); i++) {
      DeviceVariable accumulator = accumulators.get(i);
      Operand<TFloat32> sum =
          tf.math.add(scope.read(accumulator, TFloat32.class), gradients.get(i));
      gradients.set(i, tf.math.div(sum, tf.constant((float) options.accumulate())));
      assign(scope, accumulator, tf.zerosLike(sum));
    }
    AdamWUpdate adam = new AdamWUpdate(scope, options.optimizer(), rates);
    Operand<TFloat32> norm = adam.apply(parameters.packs(), gradients);
    return new DescribedFunction.Built<>(outputs(tf, passes.loss(), norm), passes.signature());
  }

  /** Loss, norm and metrics in one vector; then the observations. */
  private static List<Operand<?>> outputs(Ops tf, Loss loss, Operand<TFloat32> norm) {
    List<Operand<TFloat32>> scalars = new ArrayList<>();
    scalars.add(loss.value());
    scalars.add(norm);
    scalars.addAll(loss.metrics().values());
    List<Operand<TFloat32>> vectors = new ArrayList<>();
    for (Operand<TFloat32> scalar : scalars) {
      vectors.add(tf.reshape(scalar, tf.constant(new long[] {1})));
    }
    List<Operand<?>> outputs = new ArrayList<>();
    outputs.add(tf.concat(vectors, tf.constant(0)));
    outputs.addAll(loss.observations().values());
    return outputs;
  }

  static void assign(FunctionScope scope, DeviceVariable variable, Operand<TFloat32> value) {
    Op update = scope.tf().assignVariableOp(scope.handle(variable), value);
    scope.effect(update);
  }
}
