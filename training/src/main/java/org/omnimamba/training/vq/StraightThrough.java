package org.omnimamba.training.vq;

import org.omnimamba.model.graph.vq.VectorQuantizer;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Quantization with a gradient (van den Oord et al., arXiv 1711.00937): the decoder sees the codes,
 * and its gradient passes to the encoder as if it had seen the encoder's vectors.
 *
 * @param entries what the decoder sees, {@code [batch, rows, columns, codebookDim]}
 * @param points the encoder's vectors as they are compared with the codes, same shape
 * @param codeVectors the nearest codes, same shape
 * @param codes their ids, {@code [batch, rows * columns]}
 * @param codebookLoss mean squared distance of codes to their vectors; moves codes only
 * @param commitmentLoss the same; moves the encoder only
 */
record StraightThrough(
    Operand<TFloat32> entries,
    Operand<TFloat32> points,
    Operand<TFloat32> codeVectors,
    Operand<TInt64> codes,
    Operand<TFloat32> codebookLoss,
    Operand<TFloat32> commitmentLoss) {

  /**
   * @param vectors the encoder's output {@code [batch, rows, columns, codebookDim]}, all sizes
   *     known
   * @param share how much of the way from the vector to its code is gone, a scalar in 0..1; below 1
   *     the tokenizer warms up as an autoencoder
   */
  static StraightThrough of(
      Ops tf, VectorQuantizer quantizer, Operand<TFloat32> vectors, Operand<TFloat32> share) {
    Shape shape = vectors.shape();
    Operand<TFloat32> points = quantizer.normalised(vectors);
    Operand<TInt64> codes = quantizer.nearest(tf.stopGradient(vectors));
    Operand<TFloat32> entries =
        quantizer.lookUp(tf.reshape(codes, tf.array(shape.get(0), shape.get(1), shape.get(2))));
    Operand<TFloat32> way = tf.math.mul(tf.math.sub(entries, points), share);
    return new StraightThrough(
        tf.math.add(points, tf.stopGradient(way)),
        points,
        entries,
        codes,
        distance(tf, entries, tf.stopGradient(points)),
        distance(tf, tf.stopGradient(entries), points));
  }

  /** Mean over the vectors of the squared distance. */
  private static Operand<TFloat32> distance(
      Ops tf, Operand<TFloat32> entries, Operand<TFloat32> points) {
    return tf.math.mean(tf.math.square(tf.math.sub(entries, points)), tf.array(0, 1, 2, 3));
  }
}
