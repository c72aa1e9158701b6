package org.omnimamba.training.step;

import java.util.List;
import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.FunctionScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** Adds clipping and AdamW to a function. */
final class AdamWUpdate {
  /** The shape of what a step's rates are given as. */
  static final Shape RATES = Shape.of(3);

  /** What PyTorch adds to the norm before it divides by it. */
  private static final float NORM_EPSILON = 1e-6f;

  private final FunctionScope scope;
  private final Ops tf;
  private final AdamW optimizer;
  private final Operand<TFloat32> rates;

  /**
   * @param rates {@code [3]}: the learning rate, the learning rate over the first moment's bias
   *     correction, and one over the root of the second moment's
   */
  AdamWUpdate(FunctionScope scope, AdamW optimizer, Operand<TFloat32> rates) {
    this.scope = scope;
    this.tf = scope.tf();
    this.optimizer = optimizer;
    this.rates = rates;
  }

  /** The norm of gradients, before clipping. */
  static Operand<TFloat32> norm(Ops tf, List<Operand<TFloat32>> gradients) {
    Operand<TFloat32> squares = tf.constant(0f);
    for (Operand<TFloat32> gradient : gradients) {
      squares = tf.math.add(squares, tf.reduceSum(tf.math.square(gradient), tf.constant(0)));
    }
    return tf.math.sqrt(squares);
  }

  /**
   * Updates masters and moments.
   *
   * @param gradients one for each pack
   * @param norm of the gradients before clipping
   */
  void apply(List<TrainablePack> packs, List<Operand<TFloat32>> gradients, Operand<TFloat32> norm) {
    Operand<TBool> finite = tf.math.isFinite(norm);
    for (int i = 0; i < packs.size(); i++) {
      update(packs.get(i), clipped(gradients.get(i), norm), finite);
    }
  }

  private Operand<TFloat32> clipped(Operand<TFloat32> gradient, Operand<TFloat32> norm) {
    if (optimizer.clipNorm() == 0) {
      return gradient;
    }
    Operand<TFloat32> factor =
        tf.math.div(
            tf.constant((float) optimizer.clipNorm()),
            tf.math.add(norm, tf.constant(NORM_EPSILON)));
    return tf.math.mul(gradient, tf.math.minimum(factor, tf.constant(1f)));
  }

  private void update(TrainablePack pack, Operand<TFloat32> gradient, Operand<TBool> finite) {
    Operand<TFloat32> master = scope.read(pack.masters().values(), TFloat32.class);
    Operand<TFloat32> moment1 = scope.read(pack.moment1(), TFloat32.class);
    Operand<TFloat32> moment2 = scope.read(pack.moment2(), TFloat32.class);
    Operand<TFloat32> mean = average(moment1, gradient, optimizer.beta1());
    Operand<TFloat32> meanSquare = average(moment2, tf.math.square(gradient), optimizer.beta2());
    Operand<TFloat32> deviation =
        tf.math.add(
            tf.math.mul(tf.math.sqrt(meanSquare), rate(2)),
            tf.constant((float) optimizer.epsilon()));
    Operand<TFloat32> step = tf.math.mul(rate(1), tf.math.div(mean, deviation));
    Operand<TFloat32> kept = master;
    if (pack.decays() && optimizer.weightDecay() > 0) {
      Operand<TFloat32> decay = tf.math.mul(rate(0), tf.constant((float) optimizer.weightDecay()));
      kept = tf.math.mul(master, tf.math.sub(tf.constant(1f), decay));
    }
    assign(pack.masters().values(), tf.select(finite, tf.math.sub(kept, step), master));
    assign(pack.moment1(), tf.select(finite, mean, moment1));
    assign(pack.moment2(), tf.select(finite, meanSquare, moment2));
  }

  private void assign(DeviceVariable variable, Operand<TFloat32> value) {
    scope.effect(tf.assignVariableOp(scope.handle(variable), value));
  }

  private Operand<TFloat32> average(
      Operand<TFloat32> before, Operand<TFloat32> value, double beta) {
    return tf.math.add(
        tf.math.mul(before, tf.constant((float) beta)),
        tf.math.mul(value, tf.constant((float) (1 - beta))));
  }

  private Operand<TFloat32> rate(int index) {
    return tf.reshape(
        tf.slice(rates, tf.constant(new int[] {index}), tf.constant(new int[] {1})),
        tf.constant(new long[0]));
  }
}
