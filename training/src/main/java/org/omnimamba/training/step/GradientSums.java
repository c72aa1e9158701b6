package org.omnimamba.training.step;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.FunctionScope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The gradients of a step's micro-batches until the last one, summed in a variable a pack. */
final class GradientSums {
  private final List<DeviceVariable> sums = new ArrayList<>();
  private final int count;

  /**
   * @param count micro-batches of a step; of a single one nothing is kept
   */
  GradientSums(DeviceProgram program, TrainableParameters parameters, int count) {
    this.count = count;
    if (count > 1) {
      for (TrainablePack pack : parameters.packs()) {
        sums.add(
            program
                .variables()
                .zeros(
                    pack.masters().name() + "_gradient",
                    ElementType.F32,
                    pack.masters().values().shape()));
      }
    }
  }

  /** Adds a micro-batch's gradients to the sums. */
  void add(FunctionScope scope, List<Operand<TFloat32>> gradients) {
    for (int i = 0; i < sums.size(); i++) {
      assign(scope, sums.get(i), sum(scope, i, gradients));
    }
  }

  /** The mean over the sums and the last micro-batch's gradients; clears the sums. */
  List<Operand<TFloat32>> mean(FunctionScope scope, List<Operand<TFloat32>> last) {
    Ops tf = scope.tf();
    List<Operand<TFloat32>> means = new ArrayList<>(last);
    for (int i = 0; i < sums.size(); i++) {
      Operand<TFloat32> sum = sum(scope, i, last);
      means.set(i, tf.math.div(sum, tf.constant((float) count)));
      assign(scope, sums.get(i), tf.zerosLike(sum));
    }
    return means;
  }

  private Operand<TFloat32> sum(FunctionScope scope, int pack, List<Operand<TFloat32>> gradients) {
    return scope.tf().math.add(scope.read(sums.get(pack), TFloat32.class), gradients.get(pack));
  }

  private static void assign(
      FunctionScope scope, DeviceVariable variable, Operand<TFloat32> value) {
    scope.effect(scope.tf().assignVariableOp(scope.handle(variable), value));
  }
}
