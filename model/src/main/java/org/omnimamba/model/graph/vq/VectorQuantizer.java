package org.omnimamba.model.graph.vq;

import org.omnimamba.model.config.VqConfig;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The codebook, parameter {@code embedding.weight} {@code [codebookSize, codebookDim]}. It is
 * stored as trained and l2-normalised at each use, and so is what is looked up in it.
 */
public final class VectorQuantizer {
  /** Shorter vectors are divided by this, as the reference's normalisation does. */
  private static final float SMALLEST_NORM = 1e-12f;

  private final BlockContext context;
  private final VqConfig config;

  /**
   * @param context in {@code llm_backbone.vqvae.quantize}
   */
  public VectorQuantizer(BlockContext context, VqConfig config) {
    this.context = context;
    this.config = config;
  }

  /**
   * The nearest code of each vector.
   *
   * @param vectors {@code [batch, rows, columns, codebookDim]}, all sizes known
   * @return {@code [batch, rows * columns]}, row by row
   */
  public Operand<TInt64> nearest(Operand<TFloat32> vectors) {
    Ops tf = context.tf();
    long batch = vectors.shape().get(0);
    Operand<TFloat32> rows =
        normalised(tf.reshape(vectors, tf.array(-1L, (long) config.codebookDim())));
    Operand<TFloat32> codebook = codebook();
    // in float32 also where products are bfloat16: ties would go to another code
    Operand<TFloat32> products = tf.linalg.matMul(rows, codebook, MatMul.transposeB(true));
    Operand<TFloat32> codeNorms = tf.reduceSum(tf.math.square(codebook), tf.constant(1));
    Operand<TFloat32> vectorNorms =
        tf.reduceSum(tf.math.square(rows), tf.constant(1), ReduceSum.keepDims(true));
    Operand<TFloat32> distances =
        tf.math.sub(tf.math.add(vectorNorms, codeNorms), tf.math.mul(products, tf.constant(2f)));
    return tf.reshape(
        tf.math.argMin(distances, tf.constant(1)),
        tf.array(batch, vectors.shape().get(1) * vectors.shape().get(2)));
  }

  /**
   * The codes' vectors.
   *
   * @param codes {@code [batch, rows, columns]}, each in {@code 0..codebookSize-1}
   * @return {@code [batch, rows, columns, codebookDim]}
   */
  public Operand<TFloat32> lookUp(Operand<TInt64> codes) {
    return context.tf().gather(codebook(), codes, context.tf().constant(0));
  }

  /** {@code [codebookSize, codebookDim]} as it is used. */
  public Operand<TFloat32> codebook() {
    return normalised(context.parameter("embedding.weight"));
  }

  /**
   * Vectors as they are compared with the codes: of length one if the configuration says so.
   *
   * @param rows {@code [..., codebookDim]}
   */
  public Operand<TFloat32> normalised(Operand<TFloat32> rows) {
    if (!config.l2Norm()) {
      return rows;
    }
    Ops tf = context.tf();
    Operand<TFloat32> norm =
        tf.math.sqrt(tf.reduceSum(tf.math.square(rows), tf.constant(-1), ReduceSum.keepDims(true)));
    return tf.math.div(rows, tf.math.maximum(norm, tf.constant(SMALLEST_NORM)));
  }
}
