package org.omnimamba.training.step;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.training.step.TrainableParameters.FunctionParameters;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Adds the backward pass to a graph. */
final class Gradients {
  private Gradients() {}

  /**
   * Gradients of a loss, in the layout of the packs: {@code [elements]} for each. Parameters that
   * this graph does not read get zeros.
   *
   * @param parameters through which the forward pass read them
   * @param recomputation where the forward pass was added in segments; null if it was not
   */
  static List<Operand<TFloat32>> of(
      Ops tf,
      Operand<TFloat32> loss,
      FunctionParameters parameters,
      List<TrainablePack> packs,
      @Nullable Recomputation recomputation) {
    List<Output<?>> read = new ArrayList<>();
    for (TrainablePack pack : packs) {
      for (String name : pack.masters().tensors()) {
        if (parameters.isRead(name)) {
          read.add(parameters.operand(name).asOutput());
        }
      }
    }
    Map<Output<?>, Operand<TFloat32>> gradients =
        recomputation == null ? direct(tf, loss, read) : segmented(tf, loss, read, recomputation);
    List<Operand<TFloat32>> flat = new ArrayList<>();
    for (TrainablePack pack : packs) {
      List<Operand<TFloat32>> parts = new ArrayList<>();
      for (String name : pack.masters().tensors()) {
        Shape size = Shape.of(pack.masters().shape(name).size());
        @Nullable Operand<TFloat32> gradient =
            parameters.isRead(name) ? gradients.get(parameters.operand(name).asOutput()) : null;
        parts.add(
            gradient != null
                ? tf.reshape(gradient, tf.constant(size.asArray()))
                : tf.zeros(tf.constant(size.asArray()), TFloat32.class));
      }
      flat.add(parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(0)));
    }
    return flat;
  }

  private static Map<Output<?>, Operand<TFloat32>> direct(
      Ops tf, Operand<TFloat32> loss, List<Output<?>> read) {
    Output<?>[] gradients =
        ((Graph) tf.scope().env()).addGradients(loss.asOutput(), read.toArray(new Output<?>[0]));
    Map<Output<?>, Operand<TFloat32>> byParameter = new HashMap<>();
    for (int i = 0; i < gradients.length; i++) {
      byParameter.put(read.get(i), gradients[i].expect(TFloat32.class));
    }
    return byParameter;
  }

  private static Map<Output<?>, Operand<TFloat32>> segmented(
      Ops tf, Operand<TFloat32> loss, List<Output<?>> read, Recomputation recomputation) {
    List<Output<?>> targets = new ArrayList<>(read);
    targets.addAll(recomputation.ends());
    PartialGradients gradients = new PartialGradients(tf, targets);
    gradients.add(loss.asOutput());
    recomputation.backward(gradients);
    Map<Output<?>, Operand<TFloat32>> byParameter = new HashMap<>();
    for (Output<?> parameter : read) {
      Operand<TFloat32> gradient = gradients.take(parameter);
      if (gradient != null) {
        byParameter.put(parameter, gradient);
      }
    }
    return byParameter;
  }
}
