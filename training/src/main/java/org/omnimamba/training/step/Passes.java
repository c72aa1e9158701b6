package org.omnimamba.training.step;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.training.step.TrainableParameters.FunctionParameters;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The forward and backward pass of a micro-batch inside a function.
 *
 * @param gradients one for each pack
 */
record Passes(StepSignature signature, Loss loss, List<Operand<TFloat32>> gradients) {

  /**
   * Adds both to a function.
   *
   * @param seed {@code [2]}: the run's seed and the number of the micro-batch
   * @param share of the micro-batch's rows
   */
  static Passes build(
      FunctionScope scope,
      TrainableParameters parameters,
      Objective objective,
      TrainOptions options,
      Operand<TInt64> seed,
      ObjectiveScope.Share share) {
    FunctionParameters read = parameters.new FunctionParameters(scope);
    StepRandom random = new StepRandom(scope.tf(), seed);
    BlockContext context = new BlockContext(scope.tf(), read, options.precision());
    @Nullable Recomputation recomputation =
        options.recompute() == 0
            ? null
            : new Recomputation(scope, read, random, options.recompute());
    ObjectiveScope inside =
        new ObjectiveScope(
            scope,
            recomputation == null ? context : context.segmented(recomputation),
            random,
            share);
    Loss loss = objective.build(inside);
    StepSignature declared =
        new StepSignature(
            inside.inputs(),
            List.copyOf(loss.metrics().keySet()),
            List.copyOf(loss.observations().keySet()));
    return new Passes(
        declared,
        loss,
        Gradients.of(scope.tf(), loss.value(), read, parameters.packs(), recomputation));
  }

  /** Loss, norm and metrics in one vector. */
  Operand<TFloat32> scalars(Ops tf, Operand<TFloat32> norm) {
    List<Operand<TFloat32>> scalars = new ArrayList<>();
    scalars.add(loss.value());
    scalars.add(norm);
    scalars.addAll(loss.metrics().values());
    List<Operand<TFloat32>> vectors = new ArrayList<>();
    for (Operand<TFloat32> scalar : scalars) {
      vectors.add(tf.reshape(scalar, tf.constant(new long[] {1})));
    }
    return tf.concat(vectors, tf.constant(0));
  }
}
