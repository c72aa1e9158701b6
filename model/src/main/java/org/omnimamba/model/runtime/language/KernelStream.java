package org.omnimamba.model.runtime.language;

import java.util.List;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/**
 * What goes from layer to layer where layers are hand-written kernels. Rows are the rows of a step,
 * or the positions of a prompt's piece.
 *
 * @param residual {@code [rows, dModel]} float32
 * @param scaled residual times the next layer's norm weight, in bfloat16
 * @param squares sums of squares of pieces of the residual, {@code [pieces, rows]}
 */
record KernelStream(Output<?> residual, Output<?> scaled, Output<?> squares) {

  /** What a kernel gave whose results are {@link LayerCalls#stream}. */
  static KernelStream of(List<Output<?>> results) {
    return new KernelStream(results.get(0), results.get(1), results.get(2));
  }

  /** What goes into the first layer; the first piece has the whole sum of each row. */
  static KernelStream of(Ops tf, BlockContext backbone, Operand<TFloat32> embeddings, int pieces) {
    Operand<TFloat32> norm = backbone.in("layers.0.norm").parameter("weight");
    Operand<TFloat32> sums = tf.reduceSum(tf.math.square(embeddings), tf.constant(1));
    int[][] padding = {{0, pieces - 1}, {0, 0}};
    return new KernelStream(
        embeddings.asOutput(),
        tf.dtypes.cast(tf.math.mul(embeddings, norm), TBfloat16.class).asOutput(),
        tf.pad(tf.expandDims(sums, tf.constant(0)), tf.constant(padding), tf.constant(0f))
            .asOutput());
  }
}
