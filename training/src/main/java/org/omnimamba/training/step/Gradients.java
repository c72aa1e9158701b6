package org.omnimamba.training.step;

import java.util.ArrayList;
import java.util.List;
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
   */
  static List<Operand<TFloat32>> of(
      Ops tf, Operand<TFloat32> loss, FunctionParameters parameters, List<TrainablePack> packs) {
    List<Output<?>> read = new ArrayList<>();
    for (TrainablePack pack : packs) {
      for (String name : pack.masters().tensors()) {
        if (parameters.isRead(name)) {
          read.add(parameters.operand(name).asOutput());
        }
      }
    }
    Output<?>[] gradients =
        ((Graph) tf.scope().env()).addGradients(loss.asOutput(), read.toArray(new Output<?>[0]));
    List<Operand<TFloat32>> flat = new ArrayList<>();
    int next = 0;
    for (TrainablePack pack : packs) {
      List<Operand<TFloat32>> parts = new ArrayList<>();
      for (String name : pack.masters().tensors()) {
        Shape size = Shape.of(pack.masters().shape(name).size());
        parts.add(
            parameters.isRead(name)
                ? tf.reshape(gradients[next++].expect(TFloat32.class), tf.constant(size.asArray()))
                : tf.zeros(tf.constant(size.asArray()), TFloat32.class));
      }
      flat.add(parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(0)));
    }
    return flat;
  }
}
