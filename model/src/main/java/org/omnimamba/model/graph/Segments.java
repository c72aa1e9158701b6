package org.omnimamba.model.graph;

import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * How a stack of layers is added to a graph: some layers at a time. Training may keep what is
 * between the segments only, and add each segment once more where its gradients are computed.
 */
public interface Segments {
  /** All layers are one segment, which is added once. */
  Segments NONE =
      new Segments() {
        @Override
        public int layers() {
          return Integer.MAX_VALUE;
        }

        @Override
        public Operand<TFloat32> add(
            Operand<TFloat32> input, UnaryOperator<Operand<TFloat32>> segment) {
          return segment.apply(input);
        }
      };

  /** Layers of a segment, of which the last one may have fewer. */
  int layers();

  /**
   * Adds a segment.
   *
   * @param input what the layers before it gave
   * @param segment adds the layers after a value; adds the same once more when it is called again
   * @return what the layers gave
   */
  Operand<TFloat32> add(Operand<TFloat32> input, UnaryOperator<Operand<TFloat32>> segment);
}
